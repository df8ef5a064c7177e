/**
 * The whole ledger as it was recorded, up to a position: rows are only ever added, so an export with its position in the
 * address never changes. Read in pages, so that any number of entries costs the memory of one.
 */
import { createHash, type Hash } from "node:crypto";
import type { Sql } from "../../database/sql.ts";
import { turn } from "../../turns.ts";
import { csvRow } from "./csv.ts";

export interface LedgerRow {
  readonly position: string;
  readonly method: string;
  readonly checkpoint: string;
  readonly checkpointSha256: string | null;
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly n: number | null;
  readonly seeds: string;
  readonly protocol: string | null;
  readonly provenance: string;
  readonly source: string;
  readonly recordedAt: string;
  readonly supersedes: string | null;
  readonly retracted: boolean;
  readonly evaluatedAt: string | null;
  readonly place: string | null;
  readonly extra: string | null;
}

/** So few that taking them in does not hold others up for long. */
const PAGE = 1_000;

const READ = `select r.id::text as position, m.slug as method, c.name as checkpoint, c.sha256::text as "checkpointSha256",
    e.slug as measure, r.value, t.unit, r.interval_lower as lower, r.interval_upper as upper, r.sample_size as n,
    coalesce(array_to_string(r.seeds, ' '), '') as seeds, r.protocol_fingerprint::text as protocol, r.provenance::text as provenance,
    r.source, to_char(r.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt",
    r.supersedes_id::text as supersedes, (x.result_id is not null) as retracted, o.evaluated_at as "evaluatedAt", o.place,
    o.extra::text as extra
  from result r join method m on m.id = r.method_id join checkpoint c on c.id = r.checkpoint_id
    join measure e on e.id = r.measure_id join metric t on t.slug = e.metric_slug
    left join retraction x on x.result_id = r.id left join result_origin o on o.result_id = r.id
  where r.id > $1::bigint and r.id <= $2::bigint order by r.id limit $3::int`;

/** In pages, the oldest first. @param from only what comes after this position */
export async function* ledgerPages(sql: Sql, position: bigint, from = 0n): AsyncGenerator<LedgerRow[]> {
  for (let after = from; ; ) {
    const rows = await sql<LedgerRow>(READ, [String(after), String(position), PAGE]);
    await turn();
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    after = BigInt(rows.at(-1)!.position);
  }
}

/** The last entry's; 0 of an empty ledger. */
export async function lastPosition(sql: Sql): Promise<bigint> {
  const [row] = await sql<{ last: string }>("select coalesce(max(id), 0)::text as last from result");
  return BigInt(row!.last);
}

/** Names of the columns, and what each row has there; what may change later is not among them. */
export const LEDGER_COLUMNS = {
  position: (row: LedgerRow) => row.position,
  method: (row: LedgerRow) => row.method,
  checkpoint_sha256: (row: LedgerRow) => row.checkpointSha256?.trim() ?? null,
  measure: (row: LedgerRow) => row.measure,
  value: (row: LedgerRow) => row.value,
  unit: (row: LedgerRow) => row.unit,
  lower: (row: LedgerRow) => row.lower,
  upper: (row: LedgerRow) => row.upper,
  n: (row: LedgerRow) => row.n,
  seeds: (row: LedgerRow) => row.seeds,
  protocol: (row: LedgerRow) => row.protocol?.trim() ?? null,
  provenance: (row: LedgerRow) => row.provenance,
  source: (row: LedgerRow) => row.source,
  recorded_at: (row: LedgerRow) => row.recordedAt,
} as const;

export async function* ledgerCsv(sql: Sql, position: bigint): AsyncGenerator<string> {
  yield csvRow(Object.keys(LEDGER_COLUMNS));
  yield* csvRows(sql, position);
}

async function* csvRows(sql: Sql, position: bigint, from?: bigint): AsyncGenerator<string> {
  const columns = Object.values(LEDGER_COLUMNS);
  for await (const rows of ledgerPages(sql, position, from))
    yield rows.map((row) => csvRow(columns.map((of) => of(row)))).join("");
}

export interface Measured {
  readonly bytes: number;
  readonly sha256: string;
}

interface Hashed {
  readonly position: bigint;
  readonly bytes: number;
  readonly hash: Hash;
}

/** By database. Rows are only ever added: the hash of a later position goes on from that of the one before. */
const hashed = new Map<string, Promise<Hashed>>();

/** Of the very bytes that are served at a position. */
export async function measureCsv(sql: Sql, position: bigint, database: string): Promise<Measured> {
  const before = await hashed.get(database)?.catch(() => undefined);
  if (before?.position === position) return measured(before);
  const made = hashOn(sql, position, before && before.position < position ? before : undefined);
  // One of an older position that is asked for meanwhile leaves the newest.
  if (before === undefined || before.position < position) hashed.set(database, made);
  return measured(await made);
}

const measured = ({ bytes, hash }: Hashed): Measured => ({ bytes, sha256: hash.copy().digest("hex") });

async function hashOn(sql: Sql, position: bigint, before: Hashed | undefined): Promise<Hashed> {
  const hash = before ? before.hash.copy() : createHash("sha256");
  let bytes = before?.bytes ?? 0;
  for await (const part of before ? csvRows(sql, position, before.position) : ledgerCsv(sql, position)) {
    hash.update(part);
    bytes += Buffer.byteLength(part);
  }
  return { position, bytes, hash };
}
