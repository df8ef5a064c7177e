/**
 * What boards show, alone and by the column: all that ranking and correlating need of a million entries. The choice among
 * several live entries is that of cells.ts, which says the same with everything around it.
 */
import type { Sql } from "../../database/sql.ts";
import type { CellFilter, Cells, CellValue } from "./cells.ts";
import type { Entry } from "./entries.ts";

/** One number a method: at the method's id, NaN where there is none and beyond the end. */
export type Column = Float64Array;

/** measure id -> column. */
export type Columns = ReadonlyMap<number, Column>;

/** The value that a board shows, undefined where there is none. */
export type ValueOf = (measureId: number, methodId: number) => number | undefined;

export function valueIn(columns: Columns): ValueOf {
  return (measureId, methodId) => {
    const value = columns.get(measureId)?.[methodId];
    return value === undefined || Number.isNaN(value) ? undefined : value;
  };
}

/**
 * Packed by Postgres as it sends numbers, and read here as such: a million of them as text would cost three times as
 * long. A record: method id (4 bytes), number (8), provenance's standing (4), position (8), big-endian.
 */
const RECORD_BYTES = 24;

const packing = (number: string) => `encode(string_agg(
    int4send(r.method_id) || float8send(${number})
      || int4send(case r.provenance when 'REPRODUCED' then 2 when 'PUBLISHED' then 1 else 0 end) || int8send(r.id),
    ''::bytea), 'base64') as packed`;

const LIVE = `r.measure_id = any($1::int[]) and r.recorded_at <= $2::timestamptz
    and not exists (select from result correction
      where correction.supersedes_id = r.id and correction.supersedes_id is not null
        and correction.recorded_at <= $2::timestamptz)
    and not exists (select from retraction where retraction.result_id = r.id and retraction.recorded_at <= $2::timestamptz)`;

const FILTERED = `and ($3::text[] is null or r.provenance::text = any($3::text[]))
    and ($4::text[] is null or r.protocol_fingerprint = any($4::text[]))`;

const values = (filter: string) => `select r.measure_id as "measureId", ${packing("r.value")}
  from result r where ${LIVE} ${filter} group by r.measure_id`;

/** The protocols' names come in the same statement, as those of measure 0: what the numbers count must not move. */
const protocols = (filter: string) => `with numbered as (
    select fingerprint, row_number() over (order by fingerprint)::float8 as number from protocol)
  select r.measure_id as "measureId", ${packing("coalesce(p.number, 0)")}
  from result r left join numbered p on p.fingerprint = r.protocol_fingerprint
  where ${LIVE} ${filter} group by r.measure_id
  union all select 0, coalesce(string_agg(fingerprint, ',' order by number), '') from numbered`;

interface Packed {
  readonly measureId: number;
  readonly packed: string;
}

/** The entry of the highest standing, of equals the one of the latest position, as cells.ts chooses. */
function chosen(packed: string): Column {
  const bytes = Buffer.from(packed, "base64");
  const records = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += RECORD_BYTES) length = Math.max(length, records.getInt32(at) + 1);
  const column = new Float64Array(length).fill(Number.NaN);
  const standings = new Int32Array(length).fill(-1);
  const positions = new Float64Array(length);
  for (let at = 0; at < bytes.length; at += RECORD_BYTES) {
    const method = records.getInt32(at);
    const standing = records.getInt32(at + 12);
    const position = records.getUint32(at + 16) * 2 ** 32 + records.getUint32(at + 20);
    const before = standings[method]!;
    if (before > standing || (before === standing && positions[method]! > position)) continue;
    standings[method] = standing;
    positions[method] = position;
    column[method] = records.getFloat64(at + 4);
  }
  return column;
}

export interface ColumnsQuestion {
  readonly filter?: CellFilter | null | undefined;
  readonly asOf?: Date | null | undefined;
}

async function read(
  sql: Sql,
  text: (filter: string) => string,
  measureIds: readonly number[],
  { filter, asOf }: ColumnsQuestion,
): Promise<readonly Packed[]> {
  const filtered = filter?.provenance != null || filter?.protocol != null;
  return sql<Packed>(text(filtered ? FILTERED : ""), [
    measureIds,
    asOf?.toISOString() ?? "infinity",
    ...(filtered ? [filter?.provenance ?? null, filter?.protocol ?? null] : []),
  ]);
}

/** Values in one statement, one row a measure; a measure without an entry has none. */
export async function readColumns(
  sql: Sql,
  measureIds: readonly number[],
  question: ColumnsQuestion,
): Promise<Columns> {
  const columns = new Map<number, Column>();
  for (const { measureId, packed } of await read(sql, values, measureIds, question)) {
    columns.set(measureId, chosen(packed));
  }
  return columns;
}

/** The protocols that shown values are under, as numbers: 0 where none is known, else from 1 the place in `names`. */
export interface Protocols {
  readonly names: readonly string[];
  readonly columns: Columns;
}

/** The same choice as of the values, in one statement. */
export async function readProtocols(
  sql: Sql,
  measureIds: readonly number[],
  question: ColumnsQuestion,
): Promise<Protocols> {
  const columns = new Map<number, Column>();
  let names: readonly string[] = [];
  for (const { measureId, packed } of await read(sql, protocols, measureIds, question)) {
    if (measureId === 0) names = packed === "" ? [] : packed.split(",");
    else columns.set(measureId, chosen(packed));
  }
  return { names, columns };
}

/** The columns of cells that are there already. */
export function columnsOf(
  cells: Cells,
  measureIds: readonly number[],
  read: (entry: Entry) => number = ({ value }) => value,
): Columns {
  return new Map(
    measureIds.map((id) => {
      const shown = cells.get(id) ?? new Map<number, CellValue>();
      const length = [...shown.keys()].reduce((most, method) => Math.max(most, method + 1), 0);
      const column = new Float64Array(length).fill(Number.NaN);
      for (const [method, { entry }] of shown) column[method] = read(entry);
      return [id, column];
    }),
  );
}

/** @param nameOf what a value's protocol is called: its fingerprint unless told */
export function protocolsOf(
  cells: Cells,
  measureIds: readonly number[],
  nameOf: (entry: Entry) => string | null = ({ fingerprint }) => fingerprint,
): Protocols {
  const numbers = new Map<string, number>();
  const columns = columnsOf(cells, measureIds, (entry) => {
    const name = nameOf(entry);
    if (name === null) return 0;
    const number = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, number);
    return number;
  });
  return { names: [...numbers.keys()], columns };
}
