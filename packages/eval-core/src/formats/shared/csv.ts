/** CSV files: records by the header's names, with every fault of the table's form; and rows written as CSV. */
import { parse } from "csv-parse/sync";
import type { TextFile } from "./format.ts";
import type { Sheet } from "./sheet.ts";

export interface CsvRecord {
  readonly place: string;
  readonly at: (column: string) => string;
  /** As it stands, with the blanks around it. */
  readonly textAt: (column: string) => string;
  readonly placeOf: (column: string) => string;
}

export interface CsvShape {
  readonly required: readonly string[];
  /** Beside those that are required. Undefined: any. */
  readonly allowed?: ReadonlySet<string>;
  /** Whether the file's name stands before its places. */
  readonly named: boolean;
}

export interface CsvTable {
  readonly columns: readonly string[];
  readonly records: readonly CsvRecord[];
}

/** Letters of the longest record that is read. */
const LONGEST_RECORD = 1_000_000;

/** Null where the file is no table of this form: the sheet has its faults then. */
export function readTable({ name, text }: TextFile, shape: CsvShape, sheet: Sheet): CsvTable | null {
  const prefix = shape.named ? `${name}: ` : "";
  let cells: string[][];
  try {
    cells = parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: LONGEST_RECORD,
    });
  } catch (error) {
    const line = (error as { lines?: number }).lines ?? 1;
    const why = (error as Error).message.split("\n")[0];
    sheet.fault(shape.named ? name : "/", "not-csv", `The text is not valid CSV, in line ${line}: ${why}.`);
    return null;
  }
  const [columns, ...rows] = cells;
  if (!columns) {
    sheet.fault(shape.named ? name : "/", "not-csv", "The file is empty: a header was expected.");
    return null;
  }
  const header = headerFaults(columns, shape, prefix, sheet);
  const indexOf = new Map(columns.map((column, i) => [column, i]));
  const records = rows.flatMap((row, i): CsvRecord[] => {
    const place = `${prefix}row ${i + 2}`;
    if (row.length !== columns.length) {
      sheet.fault(
        place,
        "wrong-number-of-cells",
        `The row has ${row.length} cells: ${columns.length} were expected, as the header has.`,
      );
      return [];
    }
    if (row.every((cell, j) => cell === columns[j])) {
      sheet.fault(place, "header-again", "The header stands here again: leave the line out.");
      return [];
    }
    return [
      {
        place,
        at: (column) => (row[indexOf.get(column) ?? -1] ?? "").trim(),
        textAt: (column) => row[indexOf.get(column) ?? -1] ?? "",
        placeOf: (column) => `${place}, column ${column}`,
      },
    ];
  });
  return header ? { columns, records } : null;
}

function headerFaults(
  columns: readonly string[],
  { required, allowed }: CsvShape,
  prefix: string,
  sheet: Sheet,
): boolean {
  let whole = true;
  const say = (column: string, kind: string, message: string) => {
    whole = false;
    sheet.fault(`${prefix}row 1, column ${column}`, kind, message);
  };
  const present = new Set(columns);
  for (const column of required) {
    if (!present.has(column)) say(column, "missing-column", `There is no column '${column}'.`);
  }
  const seen = new Set<string>();
  for (const column of columns) {
    if (seen.has(column)) say(column, "duplicate", `The column '${column}' is there twice.`);
    else if (allowed && !allowed.has(column) && !required.includes(column)) {
      say(column, "unknown-column", `This format has no column '${column}'.`);
    }
    seen.add(column);
  }
  return whole;
}

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export const writeTable = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, ...rows].map((row) => `${row.map(quoted).join(",")}\n`).join("");
