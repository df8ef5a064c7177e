/**
 * CSV in long form: one row a value, with a header. Columns: measure and value; lower, upper, sample_size, seeds (parted
 * by spaces), protocol, source, corrects; and of the method, told in any row: method, name, family, year, paper_title,
 * paper_url, epochs, batch_size, checkpoint, sha256. All rows are of one method.
 */
import { parse } from "csv-parse/sync";
import { shorten } from "../../../errors.ts";
import { nearest } from "../../catalogue/nearest.ts";
import { type Draft, type Fault, fault, type Path } from "../faults/fault.ts";

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

/** Rows are counted as a spreadsheet counts them, blank ones too: the header is row 1. */
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

/** Of these, "2,000" is no 2: a comma cannot be a decimal sign. */
const WHOLE = new Set(["year", "epochs", "batch_size", "sample_size"]);

/** A comma is the decimal sign where semicolons part the cells. */
const DECIMAL_COMMA = /^[-+]?\d+,\d+(e[-+]?\d+)?$/i;

/** What spreadsheets write above the header, to say to each other what parts the cells. */
const HINT = /^\ufeff?"?sep=.?"?\s*$/i;

interface Dialect {
  readonly delimiter: "," | ";" | "\t";
  readonly warnings: readonly Fault[];
}

/** By the header: where its only separator is a semicolon or a tab, there is no doubt. */
function dialectOf(text: string): Dialect {
  const header = text.split(/\r?\n/).find((line) => line.trim() !== "" && !HINT.test(line)) ?? "";
  const known = (delimiter: string) =>
    header
      .split(delimiter)
      .filter((name) => COLUMNS.includes(name.trim().replace(/^"|"$/g, "").toLowerCase())).length;
  if (known(",") >= 2 || (known(";") < 2 && known("\t") < 2)) return { delimiter: ",", warnings: [] };
  const delimiter = known(";") >= 2 ? ";" : "\t";
  const message =
    delimiter === ";"
      ? "The cells are parted by semicolons: read so, and a comma in a number as the decimal sign."
      : "The cells are parted by tabs: read so.";
  return { delimiter, warnings: [fault("row 1", message, { severity: "WARNING" })] };
}

/** More than a submission may have values, blank lines and all. */
const MOST_ROWS = 20_000;

/** Letters. */
const LONGEST_ROW = 100_000;

/** Records with the row they are in; blank lines are rows, and no records. */
function recordsOf(text: string, { delimiter }: Dialect): { cells: string[]; row: number }[] {
  const options = {
    bom: true,
    delimiter,
    relax_column_count: true,
    trim: true,
    to: MOST_ROWS + 1,
    max_record_size: LONGEST_ROW,
  };
  const rows: string[][] = parse(text, options);
  const isHint = (cells: string[], i: number) => i === 0 && HINT.test(cells.join(delimiter));
  return rows.flatMap((cells, i) =>
    cells.every((cell) => cell === "") || isHint(cells, i) ? [] : [{ cells, row: i + 1 }],
  );
}

/** What the columns of a header are: known, repeated, unknown, or none (a blank name over blank cells). */
function headerFaults(columns: readonly string[], row: number, isEmpty: (at: number) => boolean): Fault[] {
  return columns.flatMap((column, at): Fault[] => {
    if (column === "") {
      if (isEmpty(at)) return [];
      return [
        fault(placeIn(row, String(at + 1)), `Column ${at + 1} has cells and no name.`, {
          expected: COLUMNS.join(", "),
        }),
      ];
    }
    if (columns.indexOf(column) < at) {
      return [
        fault(placeIn(row, column), `The column '${shorten(column, 40)}' is there twice.`, {
          expected: "each column once",
        }),
      ];
    }
    if (COLUMNS.includes(column)) return [];
    return [
      fault(placeIn(row, shorten(column, 40)), `There is no column '${shorten(column, 40)}' in this form.`, {
        expected: COLUMNS.join(", "),
        nearest: nearest(column, COLUMNS),
      }),
    ];
  });
}

/** This form has fewer; what has more is another, and to name each of them would take longer than it tells. */
const MOST_COLUMNS = 200;

/** Columns without which there is no submission, and the paths whose absence is theirs. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  method: ["method", "method.slug"],
  source: ["source"],
  measure: ["values.measure"],
  value: ["values.value"],
};

export function readCsv(text: string): Draft {
  const [first = ""] = /^\s*[^\n]*/.exec(text) ?? [];
  if (first.length > LONGEST_ROW) {
    const message = `The first row has ${first.length} letters.`;
    return {
      body: null,
      placeOf: () => "row 1",
      faults: [fault("row 1", message, { expected: COLUMNS.join(", ") })],
    };
  }
  const dialect = dialectOf(text);
  let records: { cells: string[]; row: number }[];
  try {
    records = recordsOf(text, dialect);
  } catch (error) {
    const line = (error as { lines?: number }).lines ?? 1;
    const why = (error as Error).message.split("\n")[0];
    return {
      body: null,
      placeOf: () => `row ${line}`,
      faults: [fault(`row ${line}`, `The text is not valid CSV: ${why}.`)],
    };
  }
  const [header = { cells: [], row: 1 }] = records;
  const lines = records.slice(1);
  if (header.cells.length > MOST_COLUMNS) {
    const message = `The header has ${header.cells.length} columns.`;
    const faults = [fault(`row ${header.row}`, message, { expected: COLUMNS.join(", ") })];
    return { body: null, placeOf: () => `row ${header.row}`, faults };
  }
  if (records.length === 0 || (lines.length === 0 && header.cells.length > 1)) {
    const message = records.length === 0 ? "The text is empty." : "There is no row below the header.";
    const expected = "a header and a row for each value";
    return {
      body: null,
      placeOf: () => `row ${header.row}`,
      faults: [fault(`row ${header.row}`, message, { expected })],
    };
  }
  const columns = header.cells.map((column) => column.toLowerCase());
  if (!columns.includes("measure") && !columns.includes("value")) return notResults(columns, header.row);
  const absent = Object.keys(REQUIRED).filter((column) => !columns.includes(column));
  const last = records.at(-1)?.row ?? 0;
  const faults: Fault[] = [
    ...(last > MOST_ROWS ? [fault(`row ${last}`, `The text has more than ${MOST_ROWS} rows.`)] : []),
    ...dialect.warnings,
    ...headerFaults(columns, header.row, (at) => lines.every(({ cells }) => (cells[at] ?? "") === "")),
    ...absent.map((column) =>
      fault(`row ${header.row}`, `There is no column '${column}'.`, {
        expected: `the columns ${Object.keys(REQUIRED).join(", ")}`,
      }),
    ),
  ];
  const body: Tree & { values: Tree[] } = { values: [] };
  /** Where the parts about the method were first told. */
  const told = new Map<string, { text: string; row: number }>();
  /** The row of each value. */
  const rows: number[] = [];

  for (const { cells, row } of lines) {
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
      if (cell === "" || !COLUMNS.includes(column) || columns.indexOf(column) < i) return;
      const text =
        dialect.delimiter === ";" && NUMBERS.has(column) && !WHOLE.has(column) && DECIMAL_COMMA.test(cell)
          ? cell.replace(",", ".")
          : cell;
      const { value: parsed, wrong } = readCell(column, text);
      if (wrong)
        faults.push(
          fault(placeIn(row, column), wrong, { expected: "a number, its decimals behind a point" }),
        );
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
    rows.push(row);
  }
  return {
    body,
    faults,
    placeOf: (path) => placeOfPath(path, told, rows, header.row),
    explained: new Set(absent.flatMap((column) => REQUIRED[column] ?? [])),
  };
}

/** A file of something else: one sentence, and not a fault for each of its columns. */
function notResults(columns: readonly string[], row: number): Draft {
  const found = columns
    .slice(0, 5)
    .map((column) => `'${shorten(column, 30)}'`)
    .join(", ");
  const more = columns.length > 5 ? " and more" : "";
  return {
    body: null,
    placeOf: () => `row ${row}`,
    faults: [
      fault(`row ${row}`, `These are not the columns of a file of results: found ${found}${more}.`, {
        expected: `a header with 'measure' and 'value', and some of ${COLUMNS.join(", ")}`,
      }),
    ],
  };
}

function placeOfPath(
  path: Path,
  told: ReadonlyMap<string, { row: number }>,
  rows: readonly number[],
  header: number,
): string {
  if (path[0] === "values" && typeof path[1] === "number") {
    const inside = path.slice(2).join(".");
    const row = rows[path[1]] ?? header;
    const column = Object.entries(VALUE).find(([, target]) => target.join(".") === inside)?.[0];
    return column ? placeIn(row, column) : `row ${row}${inside ? `, ${inside}` : ""}`;
  }
  const whole = path.join(".");
  const column = Object.entries(METHOD).find(([, target]) => target.join(".") === whole)?.[0] ?? whole;
  return placeIn(told.get(column)?.row ?? rows[0] ?? header, column || "method");
}
