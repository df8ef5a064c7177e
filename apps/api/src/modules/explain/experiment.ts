/**
 * The experiment behind an explanation: runs of ours of one checkpoint on the same images whose protocols differ in one field,
 * or in all that are asked about. Whatever runs are recorded serve, whoever made them and why.
 */

import { Z_95 } from "@transferboard/eval-core/metrics";
import type { Measured } from "@transferboard/eval-core/record";
import { fingerprint } from "@transferboard/vocabulary/canonical-json";
import type { Context } from "../../context.ts";
import type { Measure } from "../catalogue/entities.ts";

const FEWEST_SEEDS = 3;

interface Row {
  readonly id: string;
  readonly checkpointId: number;
  readonly checkpoint: string;
  readonly method: string;
  readonly manifest: string;
  readonly fingerprint: string;
  readonly seed: string;
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

export type Body = Readonly<Record<string, unknown>>;

/** All runs under one protocol of one checkpoint and set of images. */
export interface Runs extends Measured {
  readonly body: Body;
  readonly values: readonly number[];
  /** The ledger's entry of the first, where there is one alone. */
  readonly entryId: string;
}

export interface Tried {
  /** The method and file whose runs these are. */
  readonly method: string;
  readonly checkpoint: string;
  readonly baseline: Runs;
  /** By field or fields that differ from the baseline together. */
  readonly changed: ReadonlyMap<string, Runs>;
  /** Everything at once, where that is more than one of the above. */
  readonly all: Runs | null;
  /** By field: the least and the largest value over what was tried of it, the baseline included. */
  readonly bands: readonly {
    readonly field: string;
    readonly lower: number;
    readonly upper: number;
    readonly tried: number;
  }[];
}

/** Of the checkpoints and images alone that have a run under the record's protocol, $2: others can be no experiment. */
const TEXT = `with own as (
    select r.id, r.value, r.interval_lower, r.interval_upper, run.checkpoint_id, run.dataset_manifest, run.protocol_fingerprint, run.seed
    from result r join run on run.id = r.run_id
    where r.measure_id = $1 and run.state = 'DONE'
      and not exists (select from result correction where correction.supersedes_id = r.id)
      and not exists (select from retraction where retraction.result_id = r.id))
  select own.id::text as id, own.checkpoint_id as "checkpointId", c.name as checkpoint, m.slug as method, own.dataset_manifest as manifest,
    own.protocol_fingerprint as fingerprint, own.seed::text as seed, own.value, own.interval_lower as lower, own.interval_upper as upper
  from own join checkpoint c on c.id = own.checkpoint_id join method m on m.id = c.method_id
  where exists (select from own base where base.checkpoint_id = own.checkpoint_id
    and base.dataset_manifest = own.dataset_manifest and base.protocol_fingerprint = $2)
  order by own.id`;

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Top-level fields of a protocol in which two differ. */
export function fieldsThatDiffer(left: Body, right: Body): string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((key) => !same(left[key], right[key]))
    .sort();
}

/** The same seed again, as after `--again`, is no second draw: the newest counts. */
function newestOfSeeds(rows: readonly Row[]): Row[] {
  const newest = new Map(
    rows.map((row) => [JSON.stringify([row.checkpointId, row.manifest, row.fingerprint, row.seed]), row]),
  );
  return [...newest.values()];
}

/** Seeds put together: with three or more, their deviation tells the noise; else the interval of one. */
function putTogether(rows: readonly Row[], body: Body): Runs {
  const values = rows.map(({ value }) => value);
  const value = values.reduce((sum, one) => sum + one, 0) / values.length;
  const [{ id, lower, upper }] = rows as [Row, ...Row[]];
  const spread = Math.sqrt(
    values.reduce((sum, one) => sum + (one - value) ** 2, 0) / Math.max(1, values.length - 1),
  );
  const ofInterval = lower === null || upper === null ? 0 : (upper - lower) / (2 * Z_95);
  const standardError = values.length >= FEWEST_SEEDS ? spread / Math.sqrt(values.length) : ofInterval;
  return { value, standardError, body, values, entryId: id };
}

/**
 * The best experiment for these fields: the checkpoint that has runs under the record's protocol and with most of the
 * fields changed as in `mine`; of equals the method's own. Null where no checkpoint has a run under the record's protocol.
 */
export async function experimentOf(
  { measure, record, mine, method }: { measure: Measure; record: Body; mine: Body; method: string },
  { db }: Pick<Context, "db">,
): Promise<Tried | null> {
  const rows = newestOfSeeds(await db.sql<Row>(TEXT, [measure.id, fingerprint(record)]));
  const protocols = await db.sql<{ name: string; body: Body }>(
    "select trim(fingerprint) as name, body from protocol where fingerprint = any($1)",
    [[...new Set(rows.map((row) => row.fingerprint))]],
  );
  const bodies = new Map(protocols.map(({ name, body }) => [name, body]));
  const groups = [...Map.groupBy(rows, (row) => `${row.checkpointId} ${row.manifest}`).values()];
  const asked = fieldsThatDiffer(record, mine);
  const tried = groups.flatMap((own) => ofGroup(own, bodies, record, mine, asked) ?? []);
  const rank = (one: Tried) =>
    2 * (one.changed.size + Number(one.all !== null)) + Number(one.method === method);
  return tried.toSorted((a, b) => rank(b) - rank(a))[0] ?? null;
}

function ofGroup(
  rows: readonly Row[],
  bodies: ReadonlyMap<string, Body>,
  record: Body,
  mine: Body,
  asked: readonly string[],
): Tried | null {
  const byProtocol = [...Map.groupBy(rows, (row) => row.fingerprint.trim())].flatMap(([name, own]) => {
    const body = bodies.get(name);
    return body ? [{ own, body, fields: fieldsThatDiffer(record, body) }] : [];
  });
  const base = byProtocol.find(({ fields }) => fields.length === 0);
  if (!base) return null;
  const baseline = putTogether(base.own, base.body);
  // As in the user's protocol, and like the record's in everything else. The fewest fields first.
  const towards = byProtocol
    .filter(
      ({ fields, body }) =>
        fields.length > 0 && fields.every((field) => asked.includes(field) && same(body[field], mine[field])),
    )
    .sort((a, b) => a.fields.length - b.fields.length);
  const changed = new Map<string, Runs>();
  const covered = new Set<string>();
  let all: Runs | null = null;
  for (const { own, body, fields } of towards) {
    if (fields.every((field) => !covered.has(field))) {
      changed.set(fields.join(" and "), putTogether(own, body));
      for (const field of fields) covered.add(field);
    } else if (fields.length === asked.length) all = putTogether(own, body);
  }
  // All of what was tried, where it was tried at once.
  if (all === null && covered.size > 0) {
    const together = towards.find(
      ({ fields }) =>
        changed.size > 1 && fields.length === covered.size && fields.every((field) => covered.has(field)),
    );
    if (together) all = putTogether(together.own, together.body);
  }
  const bands = Map.groupBy(
    byProtocol.filter(({ fields }) => fields.length === 1),
    ({ fields }) => fields[0]!,
  );
  const first = rows[0]!;
  return {
    method: first.method,
    checkpoint: first.checkpoint,
    baseline,
    changed,
    all,
    bands: [
      ...[...bands].map(([field, own]) =>
        band(field, [baseline.values, ...own.map((one) => one.own.map(({ value }) => value))].flat()),
      ),
      ...(baseline.values.length > 1 ? [band("seed", baseline.values)] : []),
    ],
  };
}

const band = (field: string, values: readonly number[]) => ({
  field,
  lower: Math.min(...values),
  upper: Math.max(...values),
  tried: values.length,
});
