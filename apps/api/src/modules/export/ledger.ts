/**
 * The whole ledger as it was recorded, up to a position: rows are only ever added, so an export with its position in the
 * address never changes. Read in pages, so that any number of entries costs the memory of one.
 */
import { createHash } from "node:crypto";
import type { Sql } from "../../database/sql.ts";
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

const PAGE = 5_000;

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

/** In pages, the oldest first. */
export async function* ledgerPages(sql: Sql, position: bigint): AsyncGenerator<LedgerRow[]> {
  for (let after = 0n; ; ) {
    const rows = await sql<LedgerRow>(READ, [String(after), String(position), PAGE]);
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
  const columns = Object.values(LEDGER_COLUMNS);
  yield csvRow(Object.keys(LEDGER_COLUMNS));
  for await (const rows of ledgerPages(sql, position)) {
    yield rows.map((row) => csvRow(columns.map((of) => of(row)))).join("");
  }
}

export interface Measured {
  readonly bytes: number;
  readonly sha256: string;
}

/** Of the very bytes that are served. An export never changes, so the last few are remembered. */
const remembered = new Map<string, Promise<Measured>>();
const MOST_REMEMBERED = 16;

export function measureCsv(sql: Sql, position: bigint, database: string): Promise<Measured> {
  const key = `${database} ${position}`;
  const known = remembered.get(key);
  if (known) return known;
  const made = (async () => {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const part of ledgerCsv(sql, position)) {
      hash.update(part);
      bytes += Buffer.byteLength(part);
    }
    return { bytes, sha256: hash.digest("hex") };
  })();
  made.catch(() => remembered.delete(key));
  remembered.set(key, made);
  const [oldest] = remembered.keys();
  if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  return made;
}
