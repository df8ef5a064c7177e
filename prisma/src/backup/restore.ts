/** Brings a dump back into an empty server, wholly or not at all, and verifies the audit chain before it counts. */
import pg from "pg";
import { DatabaseError } from "../error.ts";
import { migrate } from "../migrate.ts";
import { type Header, tables } from "./format.ts";
import { type CheckedDump, type Row, rowsOf } from "./read.ts";

const rowsAtOnce = 1000;

export interface Restored {
  rows: number;
  /** When the dump was made. */
  createdAt: string;
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

/** The table's columns, so that none of a row is left out unseen. */
async function requireColumns(client: pg.Client, file: string, { table, line, columns }: Row): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1",
    [table],
  );
  const strange = columns.filter((column) => !rows.some(({ name }) => name === column));
  if (strange.length > 0) {
    throw new DatabaseError(
      `${file}, line ${line}: '${table}' has no column ${strange.map((name) => `'${name}'`).join(", ")}: restore it with the version that made it.`,
    );
  }
}

const insert = (client: pg.Client, table: string, rows: readonly Row[]) =>
  client.query(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1::json)`, [
    `[${rows.map(({ text }) => text).join(",")}]`,
  ]);

/** @throws DatabaseError that names the line of the row that the database does not take */
async function insertBatch(client: pg.Client, file: string, batch: readonly Row[]): Promise<void> {
  const [first] = batch;
  if (!first) return;
  await client.query("SAVEPOINT batch");
  try {
    await insert(client, first.table, batch);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    for (const row of batch) {
      await client.query("ROLLBACK TO SAVEPOINT batch");
      await insert(client, row.table, [row]).catch((cause: unknown) => {
        if (!(cause instanceof pg.DatabaseError)) throw cause;
        const sentence = `${file}, line ${row.line}: the database refuses this row of '${row.table}'`;
        throw new DatabaseError(`${sentence} (${cause.message}): take another copy.`, { cause });
      });
    }
    // Each alone is taken: it is their being together that is not.
    const last = batch.at(-1)!.line;
    const sentence = `${file}, lines ${first.line} to ${last}: the database refuses these rows of '${first.table}' together`;
    throw new DatabaseError(`${sentence} (${error.message}): take another copy.`, { cause: error });
  }
  await client.query("RELEASE SAVEPOINT batch");
}

async function load(client: pg.Client, { file }: CheckedDump, onRows: (rows: number) => void): Promise<void> {
  let batch: Row[] = [];
  let rows = 0;
  const flush = async () => {
    await insertBatch(client, file, batch);
    rows += batch.length;
    batch = [];
    onRows(rows);
  };
  let table: string | null = null;
  for await (const row of rowsOf(file, () => undefined)) {
    if (row.table !== table) {
      await flush();
      await requireColumns(client, file, row);
      table = row.table;
    }
    batch.push(row);
    if (batch.length === rowsAtOnce) await flush();
  }
  await flush();
}

async function verify(client: pg.Client, { head }: Header): Promise<void> {
  // The triggers rest while rows are brought in: those faults are ours.
  const { rows: faults } = await client.query<{ fault: string }>(
    `SELECT fault FROM audit_faults() UNION ALL
     SELECT fault FROM record_faults() WHERE fault NOT LIKE 'the trigger %' LIMIT 1`,
  );
  const { rows: last } = await client.query<{ hash: string }>(
    "SELECT hash FROM audit_event ORDER BY id DESC LIMIT 1",
  );
  if (faults[0]) throw new DatabaseError(`the dump was tampered with: ${faults[0].fault}.`);
  if ((last[0]?.hash ?? null) !== head)
    throw new DatabaseError("the dump was tampered with: its last event is not its header's.");
}

/** Dumps of before runs had a parent's column tell it in the record. */
const parentsOfBefore = `UPDATE run SET parent_run_id = parent.id FROM run parent
  WHERE run.parent_run_id IS NULL AND run.record ->> 'of' = parent.identity::text
    AND run.checkpoint_id = parent.checkpoint_id`;

/** Of a file that was checked, so that nothing is touched for one that is no dump. Needs the owner's URL. */
export async function restore(
  dump: CheckedDump,
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
    await load(client, dump, onRows);
    await client.query(parentsOfBefore);
    await advanceSequences(client);
    await verify(client, dump.header);
    await client.query("SET CONSTRAINTS ALL IMMEDIATE");
    for (const table of tables) await client.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
    await client.query("COMMIT");
    return { rows: dump.rows, createdAt: dump.header.createdAt };
  } finally {
    // An unfinished transaction ends with the connection.
    await client.end();
  }
}
