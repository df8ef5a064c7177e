/**
 * The ledger's live entries of some measures, read in one statement. An entry is live at a moment when it was there,
 * had not been corrected and had not been retracted.
 */
import type { Sql } from "../../database/sql.ts";
import type { Provenance } from "../catalogue/entities.ts";

export interface Entry {
  /** The ledger's position, a bigint as text. */
  readonly id: string;
  readonly methodId: number;
  readonly measureId: number;
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly sampleSize: number | null;
  readonly provenance: Provenance;
  readonly source: string;
  readonly fingerprint: string | null;
  readonly runId: string | null;
  /** The value that this entry corrected. */
  readonly supersedes: number | null;
  /** What its features were read out of the backbone by; null where its protocol says nothing of it. */
  readonly readout: string | null;
  /** The readout that its checkpoint's family takes where none is asked for; null where the record does not say. */
  readonly usualReadout: string | null;
  /** Its protocol but for the readout: values of one basis differ in nothing else. Null without a protocol. */
  readonly basis: string | null;
}

const COLUMNS = `r.id::text as id, r.method_id as "methodId", r.measure_id as "measureId", r.value,
  r.interval_lower as lower, r.interval_upper as upper, r.sample_size as "sampleSize", r.provenance::text, r.source,
  r.protocol_fingerprint as fingerprint, r.run_id::text as "runId", old.value as supersedes,
  p.readout, c.loading->'readouts'->>0 as "usualReadout", p.basis`;

/**
 * What a protocol says of its readout, read once a protocol: bodies are long. Words are no name: MAE's probe tells there what
 * the features of a ResNet are, whose pooled ones have none.
 */
const READOUTS = `with read as materialized (select fingerprint,
    case when body->>'readout' not like '% %' then body->>'readout' end as readout,
    md5((body - 'readout' - 'features')::text) as basis from protocol)`;

const FROM = `from result r left join result old on old.id = r.supersedes_id
  left join read p on p.fingerprint = r.protocol_fingerprint
  left join checkpoint c on c.id = r.checkpoint_id`;

const NOW = `${READOUTS} select ${COLUMNS} ${FROM}
  where r.measure_id = any($1::int[])
    and not exists (select from result correction where correction.supersedes_id = r.id)
    and not exists (select from retraction where retraction.result_id = r.id)`;

const THEN = `${READOUTS} select ${COLUMNS} ${FROM}
  where r.measure_id = any($1::int[]) and r.recorded_at <= $2::timestamptz
    and not exists (select from result correction
      where correction.supersedes_id = r.id and correction.recorded_at <= $2::timestamptz)
    and not exists (select from retraction where retraction.result_id = r.id and retraction.recorded_at <= $2::timestamptz)`;

export interface EntriesQuestion {
  readonly asOf?: Date | null | undefined;
  /** Only of these methods; of all where not given. */
  readonly methodIds?: readonly number[] | undefined;
}

/** Live entries of the measures, at `asOf` or now, in no order. One statement. */
export function readEntries(
  sql: Sql,
  measureIds: readonly number[],
  { asOf, methodIds }: EntriesQuestion = {},
): Promise<Entry[]> {
  const values: unknown[] = asOf ? [measureIds, asOf] : [measureIds];
  const text = asOf ? THEN : NOW;
  if (!methodIds) return sql<Entry>(text, values);
  return sql<Entry>(`${text} and r.method_id = any($${values.length + 1}::int[])`, [...values, methodIds]);
}
