/**
 * What the ledger gained and lost, one change at a time: a submission that was accepted, a run that was recorded, an
 * import of published values, a retraction. Entries that came together are one change.
 */
import type { Sql } from "../../database/sql.ts";

export const CHANGE_KINDS = ["ACCEPTED", "MEASURED", "PUBLISHED", "CORRECTED", "RETRACTED"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export interface StoredChange {
  readonly key: string;
  readonly kind: ChangeKind;
  /** Milliseconds since 1970: of the first entry rounded down, of the last rounded up. */
  readonly first: number;
  readonly last: number;
  readonly entries: number;
  readonly corrected: number;
  readonly methodIds: readonly number[];
  readonly measureIds: readonly number[];
  readonly sources: readonly string[];
  readonly runId: string | null;
  /** Of a retraction. */
  readonly reason: string | null;
  readonly by: string | null;
}

/** A ledger of millions is looked through from its newest entries: what is older is in /export/results. */
export const MOST_ENTRIES = 100_000;

const ADDED = `select
    case when r.submission_id is not null then 's' || r.submission_id
      when r.run_id is not null then 'r' || r.run_id
      else 'p' || extract(epoch from date_trunc('hour', r.recorded_at))::bigint end as key,
    case when r.submission_id is not null then 'ACCEPTED' when r.run_id is not null then 'MEASURED' else 'PUBLISHED' end as kind,
    r.recorded_at as at, r.method_id, r.measure_id, r.supersedes_id is not null as corrects, r.source, r.run_id,
    null::text as reason, null::int as account_id
  from result r where r.id > (select coalesce(max(id), 0) - ${MOST_ENTRIES} from result)`;

/** Several entries that one person retracts for one reason within a minute are one change. */
const REMOVED = `select
    'x' || t.account_id || ':' || extract(epoch from date_trunc('minute', t.recorded_at))::bigint || ':' || md5(t.reason) as key,
    'RETRACTED' as kind, t.recorded_at as at, r.method_id, r.measure_id, false as corrects, r.source, null::uuid as run_id,
    t.reason, t.account_id
  from retraction t join result r on r.id = t.result_id`;

const CHANGES = `select key,
    case when kind <> 'RETRACTED' and bool_and(corrects) then 'CORRECTED' else kind end as kind,
    floor(extract(epoch from min(at)) * 1000)::float8 as first, ceil(extract(epoch from max(at)) * 1000)::float8 as last,
    count(*)::int as entries, count(*) filter (where corrects)::int as corrected,
    array_agg(distinct method_id) as "methodIds", array_agg(distinct measure_id) as "measureIds",
    (array_agg(distinct source))[1:5] as sources, max(run_id::text) as "runId", max(reason) as reason,
    (select name from account where id = max(change.account_id)) as by
  from (${ADDED} union all ${REMOVED}) change
  where ($1::timestamptz is null or at > $1::timestamptz)
    and ($2::int[] is null or method_id = any($2::int[])) and ($3::int[] is null or measure_id = any($3::int[]))
  group by key, kind
  having $4::float8 is null or (ceil(extract(epoch from max(at)) * 1000)::float8, key) < ($4::float8, $5::text)
  order by last desc, key desc limit $6::int`;

export interface ChangesQuestion {
  readonly since?: Date | null | undefined;
  readonly methodIds?: readonly number[] | undefined;
  readonly measureIds?: readonly number[] | undefined;
  readonly after?: { readonly last: number; readonly key: string } | undefined;
  readonly take: number;
}

/** Newest first. One statement. */
export async function readChanges(sql: Sql, question: ChangesQuestion): Promise<readonly StoredChange[]> {
  const { since, methodIds, measureIds, after, take } = question;
  return sql<StoredChange>(CHANGES, [
    since?.toISOString() ?? null,
    methodIds ?? null,
    measureIds ?? null,
    after?.last ?? null,
    after?.key ?? null,
    take,
  ]);
}
