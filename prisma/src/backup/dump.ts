/** Writes the whole warehouse into one file, as of one moment, while others go on writing. */
import { open, rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import pg from "pg";
import { fileError } from "../error.ts";
import { type Header, type Mark, tables } from "./format.ts";

const rowsAtOnce = 5000;

export interface Dumped {
  rows: number;
  bytes: number;
}

const lineOf = (mark: Mark) => `${JSON.stringify(mark)}\n`;

/** The columns of the primary key, which are the order of the rows. */
async function keyOf(client: pg.Client, table: string): Promise<string> {
  const { rows } = await client.query<{ key: string }>(
    `SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY array_position(i.indkey::int2[], a.attnum)) AS key
     FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
     WHERE i.indisprimary AND i.indrelid = $1::regclass`,
    [table],
  );
  return rows[0]?.key ?? "1";
}

async function* linesOf(client: pg.Client, count: (rows: number) => void): AsyncGenerator<string> {
  const { rows: last } = await client.query<{ hash: string }>(
    "SELECT hash FROM audit_event ORDER BY id DESC LIMIT 1",
  );
  const createdAt = new Date().toISOString();
  yield lineOf({
    transferboard: "dump",
    version: 1,
    createdAt,
    head: last[0]?.hash ?? null,
  } satisfies Header);
  let all = 0;
  for (const table of tables) {
    yield lineOf({ table });
    await client.query(
      `DECLARE rows NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS line FROM ${table} t ORDER BY ${await keyOf(client, table)}`,
    );
    for (;;) {
      const { rows } = await client.query<{ line: string }>(`FETCH ${rowsAtOnce} FROM rows`);
      if (rows.length === 0) break;
      all += rows.length;
      count(all);
      yield `${rows.map(({ line }) => line).join("\n")}\n`;
    }
    await client.query("CLOSE rows");
  }
  yield lineOf({ whole: true, rows: all });
}

/** Needs the owner's URL. The file appears only when it is whole, readable by its owner alone. */
export async function dump(
  url: string,
  file: string,
  onRows: (rows: number) => void = () => undefined,
): Promise<Dumped> {
  const client = new pg.Client({ connectionString: url, options: "-c timezone=UTC -c extra_float_digits=1" });
  await client.connect();
  const half = `${file}.half-${process.pid}`;
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const handle = await open(half, "w", 0o600);
    let total = 0;
    const lines = linesOf(client, (rows) => {
      total = rows;
      onRows(rows);
    });
    await pipeline(lines, createGzip(), handle.createWriteStream({ flush: true }));
    await rename(half, file);
    const written = await open(file);
    const { size } = await written.stat();
    await written.close();
    return { rows: total, bytes: size };
  } catch (error) {
    await rm(half, { force: true });
    throw fileError(error, file);
  } finally {
    await client.end();
  }
}
