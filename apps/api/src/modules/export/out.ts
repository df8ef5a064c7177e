/** The ledger's entries in another tool's format: rows with their checkpoints, aliases, protocols and what their files said. */
import type { OutRow, Written } from "@transferboard/eval-core/formats";
import { formatNamed } from "@transferboard/eval-core/formats";
import type { Context } from "../../context.ts";
import { BadInput } from "../../errors.ts";
import { readIds } from "../result/page.ts";
import type { ResultsQuestion } from "./results.ts";

/** More entries than any of these tools has in one file. */
const MOST_OUT = 50_000;

interface Read
  extends Omit<
    OutRow,
    "checkpoint" | "aliases" | "interval" | "protocol" | "extra" | "seeds" | "n" | "place"
  > {
  readonly name: string;
  readonly sha256: string | null;
  readonly architecture: string | null;
  readonly dimension: number | null;
  readonly aliases: readonly string[];
  readonly lower: number | null;
  readonly upper: number | null;
  readonly samples: number | null;
  readonly seeds: readonly string[];
  readonly body: Record<string, unknown> | null;
  readonly extra: Record<string, unknown> | null;
  readonly at: string | null;
  readonly place: string | null;
}

const READ = `select r.id::text as position, m.slug as method, c.name, c.sha256::text as sha256, c.architecture,
    c.feature_dimension as dimension, e.slug as measure, t.unit, r.value, r.interval_lower as lower,
    r.interval_upper as upper, r.sample_size as samples, coalesce(r.seeds::text[], '{}') as seeds, r.provenance::text as provenance, r.source,
    r.protocol_fingerprint::text as fingerprint, p.body, o.extra, o.evaluated_at as at, o.place,
    coalesce((select array_agg(a.kind || ':' || a.name order by a.kind, a.name) from alias a where a.method_id = m.id), '{}')
      as aliases
  from result r join method m on m.id = r.method_id join checkpoint c on c.id = r.checkpoint_id
    join measure e on e.id = r.measure_id join metric t on t.slug = e.metric_slug
    left join protocol p on p.fingerprint = r.protocol_fingerprint left join result_origin o on o.result_id = r.id
  where r.id = any($1::bigint[]) order by r.id`;

/** "repo@revision" -> its revision. */
const revisionOf = (name: string) => /@([^@/]+)$/.exec(name)?.[1] ?? null;

/** @throws BadInput for more entries than are written at once */
export async function readOutRows(question: ResultsQuestion, context: Context): Promise<OutRow[]> {
  const { filter, asOf, orderBy } = question;
  const snapshot = await context.snapshot();
  const ids = await readIds(context.db.sql, snapshot, {
    filter,
    asOf,
    order: orderBy,
    after: null,
    take: MOST_OUT + 1,
  });
  if (ids.length > MOST_OUT)
    throw new BadInput(
      `More than ${MOST_OUT} results are asked for, and a file of another tool holds ${MOST_OUT} at most: filter them.`,
    );
  const rows = await context.db.sql<Read>(READ, [ids.map(String)]);
  return rows.map(
    ({
      name,
      sha256,
      architecture,
      dimension,
      lower,
      upper,
      samples,
      body,
      extra,
      at,
      seeds,
      place,
      ...row
    }) => ({
      ...row,
      place: place ?? "",
      checkpoint: {
        name,
        revision: revisionOf(name),
        sha256: sha256?.trim() ?? null,
        architecture,
        featureDimension: dimension,
      },
      interval: lower === null || upper === null ? null : [lower, upper],
      n: samples,
      seeds: seeds.map(Number),
      evaluatedAt: at,
      // A protocol of our own is told by its fingerprint: the other tool could not read its body.
      protocol: body && "by" in body ? body : {},
      fingerprint: row.fingerprint?.trim() ?? null,
      extra: extra ?? {},
      url: `${context.siteUrl}/methods/${row.method}#${row.position}`,
    }),
  );
}

export async function writeFormat(
  name: string,
  question: ResultsQuestion,
  datasetId: string | undefined,
  context: Context,
): Promise<Written> {
  return formatNamed(name)!.write(await readOutRows(question, context), { datasetId });
}
