/**
 * CSV in long form: one row a value, with a header. Columns: measure and value; lower, upper, sample_size, seeds (parted
 * by spaces), protocol, source, corrects; and of the method, told in any row: method, name, family, year, paper_title,
 * paper_url, epochs, batch_size, checkpoint, sha256. All rows are of one method.
 */
import { parse } from "csv-parse/sync";
import { shorten } from "../../../errors.ts";
import { nearest } from "../../catalogue/nearest.ts";
import { type Draft, type Fault, fault, type Path } from "../faults.ts";

/** Column -> where it goes: in the method, the checkpoint, or the row's value. */
const METHOD = {
  method: ["method", "slug"],
  name: ["method", "name"],
  family: ["method", "family"],
  year: ["method", "year"],
  paper_title: ["method", "paperTitle"],
  paper_url: ["method", "paperUrl"],
  epochs: ["method", "pretraining", "epochs"],
  batch_size: ["method", "pretraining", "batchSize"],
  checkpoint: ["checkpoint", "name"],
  sha256: ["checkpoint", "sha256"],
} as const;
const VALUE = {
  measure: ["measure"],
  value: ["value"],
  lower: ["interval", "lower"],
  upper: ["interval", "upper"],
  sample_size: ["sampleSize"],
  seeds: ["seeds"],
  protocol: ["protocol"],
  corrects: ["corrects"],
} as const;
const NUMBERS = new Set(["year", "epochs", "batch_size", "value", "lower", "upper", "sample_size"]);
const COLUMNS = [...Object.keys(METHOD), ...Object.keys(VALUE), "source"];

type Tree = { [key: string]: unknown };

function put(tree: Tree, path: Path, value: unknown): void {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  tree[key] ??= {};
  put(tree[key] as Tree, rest, value);
}

/** Rows are counted as an editor does: the header is row 1. */
const placeIn = (row: number, column: string) => `row ${row}, column ${column}`;

const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;

function readCell(column: string, text: string): { value: unknown; wrong?: string } {
  if (column === "seeds") {
    const parts = text.split(/\s+/);
    const wrong = parts.find((part) => !/^-?\d{1,15}$/.test(part));
    return wrong === undefined
      ? { value: parts.map(Number) }
      : { value: null, wrong: `'${shorten(wrong, 40)}' is no seed.` };
  }
  if (!NUMBERS.has(column)) return { value: text };
  return NUMBER.test(text)
    ? { value: Number(text) }
    : { value: null, wrong: `'${shorten(text, 40)}' is not a finite number.` };
}

export function readCsv(text: string): Draft {
  let rows: string[][];
  try {
    rows = parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    const line = (error as { lines?: number }).lines ?? 1;
    return {
      body: null,
      placeOf: () => `row ${line}`,
      faults: [fault(`row ${line}`, "The text is not valid CSV.")],
    };
  }
  const [header = [], ...lines] = rows;
  const columns = header.map((column) => column.toLowerCase());
  const faults: Fault[] = columns
    .filter((column) => !COLUMNS.includes(column))
    .map((column) =>
      fault(placeIn(1, shorten(column, 40)), `There is no column '${shorten(column, 40)}'.`, {
        expected: COLUMNS.join(", "),
        nearest: nearest(column, COLUMNS),
      }),
    );
  const body: Tree & { values: Tree[] } = { values: [] };
  /** Where the parts about the method were first told. */
  const told = new Map<string, { text: string; row: number }>();

  lines.forEach((cells, index) => {
    const row = index + 2;
    const value: Tree = {};
    if (cells.length !== columns.length) {
      faults.push(
        fault(`row ${row}`, `The row has ${cells.length} cells.`, {
          expected: `${columns.length}, as the header`,
        }),
      );
    }
    columns.forEach((column, i) => {
      const cell = cells[i] ?? "";
      if (cell === "" || !COLUMNS.includes(column)) return;
      const { value: parsed, wrong } = readCell(column, cell);
      if (wrong) faults.push(fault(placeIn(row, column), wrong, { expected: "a number" }));
      if (Object.hasOwn(VALUE, column)) {
        put(value, VALUE[column as keyof typeof VALUE], wrong ? undefined : parsed);
        return;
      }
      const before = told.get(column);
      if (column === "source") put(value, ["source"], parsed);
      if (before && before.text !== cell && column !== "source") {
        faults.push(
          fault(placeIn(row, column), `'${shorten(cell, 60)}' is another than in row ${before.row}.`, {
            expected: "one method a submission",
          }),
        );
      }
      if (before) return;
      told.set(column, { text: cell, row });
      put(body, column === "source" ? ["source"] : METHOD[column as keyof typeof METHOD], parsed);
    });
    body.values.push(value);
  });
  return { body, faults, placeOf: (path) => placeOfPath(path, told) };
}

function placeOfPath(path: Path, told: ReadonlyMap<string, { row: number }>): string {
  if (path[0] === "values" && typeof path[1] === "number") {
    const inside = path.slice(2).join(".");
    const column = Object.entries(VALUE).find(([, target]) => target.join(".") === inside)?.[0];
    return column ? placeIn(path[1] + 2, column) : `row ${path[1] + 2}${inside ? `, ${inside}` : ""}`;
  }
  const whole = path.join(".");
  const column = Object.entries(METHOD).find(([, target]) => target.join(".") === whole)?.[0] ?? whole;
  return placeIn(told.get(column)?.row ?? 2, column || "method");
}
