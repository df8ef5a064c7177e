/** Reads a dump line by line and believes none of it: what is wrong is told with its line, before any database is touched. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { DatabaseError } from "../error.ts";
import { type Header, isHeader, type TableName, tables } from "./format.ts";

export interface Row {
  readonly line: number;
  readonly table: TableName;
  /** JSON of one object. */
  readonly text: string;
  /** The row's columns, in its order. */
  readonly columns: readonly string[];
}

export interface CheckedDump {
  readonly file: string;
  readonly header: Header;
  readonly rows: number;
}

/** The lines of the file; damage is one sentence. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const unpacked = createGunzip();
  source.on("error", (error) => unpacked.destroy(error));
  // Whoever reads may have left by the time that damage shows, or the lines may all have come: it is kept for the end.
  let damage: unknown;
  unpacked.on("error", (error) => {
    damage ??= error;
  });
  try {
    for await (const line of createInterface({ input: source.pipe(unpacked), crlfDelay: Infinity }))
      yield line;
  } catch (error) {
    damage ??= error;
  } finally {
    source.destroy();
    unpacked.destroy();
  }
  if (damage === undefined) return;
  const why = damage instanceof Error ? damage.message : String(damage);
  throw new DatabaseError(`${file} cannot be read as a dump (${why}): take another copy.`, { cause: damage });
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** A line of our own between rows: rows have none of these keys alone. */
const isMark = (text: string) => text.startsWith('{"table":') || text.startsWith('{"whole":');

/**
 * Every row of the file with its line; the header comes first, through `onHeader`. @throws DatabaseError that names the
 * file and the line, for whatever is no dump, or is not whole
 */
export async function* rowsOf(file: string, onHeader: (header: Header) => void): AsyncGenerator<Row> {
  let line = 0;
  let rows = 0;
  let place = -1;
  let columns: readonly string[] | null = null;
  let whole = false;
  const wrong = (sentence: string) =>
    new DatabaseError(`${file}, line ${line}: ${sentence}: take another copy.`);
  for await (const text of linesOf(file)) {
    line++;
    if (line === 1) {
      const header = parsed(text);
      if (!isHeader(header) || header.version !== 1)
        throw new DatabaseError(`${file} is not a dump of this project.`);
      onHeader(header);
      continue;
    }
    const value = parsed(text);
    const table = tables[place];
    if (!value)
      throw wrong(table ? `this is not a row of '${table}', a JSON object` : "this is not a JSON object");
    if (whole) throw wrong("something follows the line that says the file is whole");
    if (isMark(text) && "whole" in value) {
      if (value.rows !== rows) throw wrong(`the file says ${String(value.rows)} rows, and has ${rows}`);
      whole = true;
    } else if (isMark(text)) {
      const next = tables.indexOf(value.table as TableName);
      if (next < 0) throw wrong(`the table '${String(value.table)}' is unknown`);
      if (next <= place) throw wrong(`the table '${tables[next]}' comes after '${table}'`);
      place = next;
      columns = null;
    } else {
      if (!table) throw wrong("a row stands before any table");
      const own = Object.keys(value);
      columns ??= own;
      if (own.length !== columns.length || own.some((name, i) => name !== columns![i])) {
        throw wrong(`this row of '${table}' has not the columns of the rows before it`);
      }
      rows++;
      yield { line, table, text, columns };
    }
  }
  if (!whole) throw new DatabaseError(`${file} is cut off after line ${line}: take another copy.`);
}

/** Reads the whole file, and nothing else. @throws DatabaseError that names the line */
export async function checkDump(
  file: string,
  onRows: (rows: number) => void = () => undefined,
): Promise<CheckedDump> {
  let header: Header | undefined;
  let rows = 0;
  for await (const _ of rowsOf(file, (found) => {
    header = found;
  })) {
    rows++;
    if (rows % 1000 === 0) onRows(rows);
  }
  if (!header) throw new DatabaseError(`${file} is not a dump of this project.`);
  return { file, header, rows };
}
