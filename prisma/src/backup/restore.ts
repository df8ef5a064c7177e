/** Brings a dump back into an empty server, wholly or not at all, and verifies the audit chain before it counts. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import pg from "pg";
import { DatabaseError } from "../error.ts";
import { migrate } from "../migrate.ts";
import { type Header, isHeader, type Mark, tables } from "./format.ts";

const rowsAtOnce = 1000;

export interface Restored {
  rows: number;
  /** When the dump was made. */
  createdAt: string;
}

/** The lines of the file; damage is one sentence. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const unpacked = createGunzip();
  source.on("error", (error) => unpacked.destroy(error));
  try {
    for await (const line of createInterface({ input: source.pipe(unpacked), crlfDelay: Infinity }))
      yield line;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DatabaseError(`${file} cannot be read as a dump (${why}): take another copy.`, {
      cause: error,
    });
  }
}

async function requireEmpty(client: pg.Client): Promise<void> {
  for (const table of tables) {
    const { rows } = await client.query(`SELECT 1 FROM ${table} LIMIT 1`);
    if (rows.length > 0) {
      throw new DatabaseError(
        `a dump is restored into an empty database only, and this one has rows in '${table}'.`,
      );
    }
  }
}

/** Sequences go on after the highest id that was restored. */
async function advanceSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(
    `SELECT pg_get_serial_sequence(c.table_name, c.column_name) AS sequence, c.table_name AS table, c.column_name AS column
     FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name = ANY ($1)
       AND pg_get_serial_sequence(c.table_name, c.column_name) IS NOT NULL`,
    [[...tables]],
  );
  for (const { sequence, table, column } of rows) {
    await client.query(
      `SELECT setval($1, coalesce(max(${column}), 1), max(${column}) IS NOT NULL) FROM ${table}`,
      [sequence],
    );
  }
}

/** A line of our own between rows: rows have none of these keys alone. */
function markIn(line: string): Mark | null {
  if (!line.startsWith('{"table":') && !line.startsWith('{"whole":') && !line.startsWith('{"transferboard":'))
    return null;
  return JSON.parse(line) as Mark;
}

async function load(
  client: pg.Client,
  file: string,
  onRows: (rows: number) => void,
): Promise<Header & { rows: number }> {
  let header: Header | null = null;
  let table: string | null = null;
  let batch: string[] = [];
  let rows = 0;
  let whole = false;
  const flush = async () => {
    if (batch.length === 0) return;
    await client.query(
      `INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1::json)`,
      [`[${batch.join(",")}]`],
    );
    rows += batch.length;
    batch = [];
    onRows(rows);
  };
  for await (const line of linesOf(file)) {
    const mark = markIn(line);
    if (header === null) {
      if (!isHeader(mark) || mark.version !== 1)
        throw new DatabaseError(`${file} is not a dump of this project.`);
      header = mark;
    } else if (mark && "table" in mark) {
      await flush();
      if (!tables.includes(mark.table))
        throw new DatabaseError(`${file} holds the unknown table '${mark.table}'.`);
      table = mark.table;
    } else if (mark && "whole" in mark) {
      await flush();
      whole = mark.rows === rows;
    } else {
      batch.push(line);
      if (batch.length === rowsAtOnce) await flush();
    }
  }
  if (!header || !whole) throw new DatabaseError(`${file} is cut off: take another copy.`);
  return { ...header, rows };
}

async function verify(client: pg.Client, { head }: Header): Promise<void> {
  const { rows: faults } = await client.query<{ fault: string }>("SELECT fault FROM audit_faults() LIMIT 1");
  const { rows: last } = await client.query<{ hash: string }>(
    "SELECT hash FROM audit_event ORDER BY id DESC LIMIT 1",
  );
  if (faults[0]) throw new DatabaseError(`the dump was tampered with: ${faults[0].fault}.`);
  if ((last[0]?.hash ?? null) !== head)
    throw new DatabaseError("the dump was tampered with: its last event is not its header's.");
}

/** Needs the owner's URL. Applies the migrations first. */
export async function restore(
  file: string,
  url: string,
  onRows: (rows: number) => void = () => undefined,
): Promise<Restored> {
  await migrate(url);
  const client = new pg.Client({ connectionString: url, options: "-c timezone=UTC" });
  await client.connect();
  try {
    await client.query("BEGIN");
    await requireEmpty(client);
    // Each row comes with its history: the triggers that write history rest, checks and foreign keys hold.
    for (const table of tables) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    const loaded = await load(client, file, onRows);
    await advanceSequences(client);
    await verify(client, loaded);
    await client.query("SET CONSTRAINTS ALL IMMEDIATE");
    for (const table of tables) await client.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
    await client.query("COMMIT");
    return { rows: loaded.rows, createdAt: loaded.createdAt };
  } finally {
    // An unfinished transaction ends with the connection.
    await client.end();
  }
}
