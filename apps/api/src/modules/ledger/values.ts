/**
 * The values that boards show, alone and by the column: what a large matrix needs of a million entries. The choice among
 * several live entries is that of cells.ts, which says the same with everything around it.
 */
import type { Sql } from "../../database/sql.ts";

/** measure id -> method id -> value. */
export type Values = ReadonlyMap<number, ReadonlyMap<number, number>>;

/**
 * Packed by Postgres as it sends numbers, and read here as such: a million of them as text would cost three times as
 * long. A record: method id (4 bytes), value (8), provenance's standing (4), position (8), big-endian.
 */
const RECORD_BYTES = 24;
const STATEMENT = `select r.measure_id as "measureId", encode(string_agg(
    int4send(r.method_id) || float8send(r.value)
      || int4send(case r.provenance when 'REPRODUCED' then 2 when 'PUBLISHED' then 1 else 0 end) || int8send(r.id),
    ''::bytea), 'base64') as packed
  from result r
  where r.measure_id = any($1::int[]) and r.recorded_at <= $2::timestamptz
    and not exists (select from result correction
      where correction.supersedes_id = r.id and correction.supersedes_id is not null
        and correction.recorded_at <= $2::timestamptz)
    and not exists (select from retraction where retraction.result_id = r.id and retraction.recorded_at <= $2::timestamptz)
  group by r.measure_id`;

interface Column {
  readonly measureId: number;
  readonly packed: string;
}

/** The entry of the highest standing, of equals the one of the latest position, as cells.ts chooses. */
function chosen(packed: string): Map<number, number> {
  const bytes = Buffer.from(packed, "base64");
  const best = new Map<number, readonly [standing: number, position: number]>();
  const column = new Map<number, number>();
  for (let at = 0; at < bytes.length; at += RECORD_BYTES) {
    const method = bytes.readInt32BE(at);
    const standing = bytes.readInt32BE(at + 12);
    const position = bytes.readUInt32BE(at + 16) * 2 ** 32 + bytes.readUInt32BE(at + 20);
    const before = best.get(method);
    if (before && (before[0] > standing || (before[0] === standing && before[1] > position))) continue;
    best.set(method, [standing, position]);
    column.set(method, bytes.readDoubleBE(at + 4));
  }
  return column;
}

/** One statement, one row a measure. */
export async function readValues(
  sql: Sql,
  measureIds: readonly number[],
  asOf?: Date | null,
): Promise<Values> {
  const rows = await sql<Column>(STATEMENT, [measureIds, asOf?.toISOString() ?? "infinity"]);
  return new Map(rows.map(({ measureId, packed }) => [measureId, chosen(packed)]));
}
