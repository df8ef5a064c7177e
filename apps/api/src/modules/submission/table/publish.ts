/** What accepting a table writes, in a few statements whatever its size: methods by their aliases, checkpoints, protocols, values. */
import type { TransactionClient } from "@transferboard/prisma";
import { Conflict } from "../../../errors.ts";
import { recordMeasures } from "../new-measure.ts";
import type { TableBody, TableModel } from "./body.ts";

/** How long accepting a table may take. */
export const TABLE_MS = 120_000;

type Ids = ReadonlyMap<string, number>;

/** "timm:NAME" -> its kind and name. */
const split = (alias: string) => ({
  kind: alias.slice(0, alias.indexOf(":")),
  name: alias.slice(alias.indexOf(":") + 1),
});

/** The method of each model, found by an alias or its whole slug; those that are new are added, and so are new aliases. */
async function methodsOf({ models, methods }: TableBody, tx: TransactionClient): Promise<Ids> {
  const aliases = models.flatMap(({ method, aliases: own }) =>
    own.map((alias) => ({ method, ...split(alias) })),
  );
  const known = await tx.$queryRaw<{ method: string; id: number }[]>`
    SELECT DISTINCT ON (x.method) x.method, a.method_id AS id
    FROM jsonb_to_recordset(${JSON.stringify(aliases)}::jsonb) AS x(method text, kind text, name text)
    JOIN alias a ON a.kind = x.kind AND lower(a.name) = lower(x.name) ORDER BY x.method, a.method_id`;
  const ids = new Map(known.map(({ method, id }) => [method, id]));
  const missing = [...new Set(models.map(({ method }) => method))].filter((slug) => !ids.has(slug));
  const notes = new Map(methods.map((note) => [note.slug, note]));
  await tx.$executeRaw`
    INSERT INTO method (slug, name, family)
    SELECT slug, name, family::"Family" FROM jsonb_to_recordset(${JSON.stringify(
      missing.map((slug) => ({ slug, name: nameOf(slug, models, notes.get(slug)?.name), family: "OTHER" })),
    )}::jsonb) AS x(slug text, name text, family text)
    ON CONFLICT (slug) DO NOTHING`;
  const rows = await tx.$queryRaw<{ slug: string; id: number }[]>`
    SELECT slug, id FROM method WHERE slug = ANY(${missing})`;
  for (const { slug, id } of rows) ids.set(slug, id);
  await tx.$executeRaw`
    INSERT INTO alias (kind, name, method_id)
    SELECT kind, name, method_id FROM jsonb_to_recordset(${JSON.stringify(
      aliases.map(({ method, kind, name }) => ({ kind, name, method_id: ids.get(method) })),
    )}::jsonb) AS x(kind text, name text, method_id int)
    ON CONFLICT DO NOTHING`;
  return ids;
}

/** As the files write it. */
const nameOf = (slug: string, models: readonly TableModel[], told: string | undefined) =>
  (told ?? models.find(({ method }) => method === slug)!.checkpoint.name).slice(0, 200);

/** The checkpoint of each model, by its name among its method's. */
async function checkpointsOf({ models }: TableBody, methods: Ids, tx: TransactionClient): Promise<number[]> {
  const wanted = models.map(({ method, checkpoint }, at) => ({
    at,
    method_id: methods.get(method)!,
    name: checkpoint.name.slice(0, 300),
    architecture: checkpoint.architecture,
    feature_dimension: checkpoint.featureDimension,
  }));
  const text = JSON.stringify(wanted);
  await tx.$executeRaw`
    INSERT INTO checkpoint (method_id, name, architecture, feature_dimension, input_mean, input_std)
    SELECT DISTINCT ON (method_id, name) method_id, name, architecture, feature_dimension, '{}', '{}'
    FROM jsonb_to_recordset(${text}::jsonb)
      AS x(at int, method_id int, name text, architecture text, feature_dimension int) ORDER BY method_id, name, at
    ON CONFLICT (method_id, name) DO NOTHING`;
  const rows = await tx.$queryRaw<{ at: number; id: number }[]>`
    SELECT x.at, c.id FROM jsonb_to_recordset(${text}::jsonb) AS x(at int, method_id int, name text)
    JOIN checkpoint c ON c.method_id = x.method_id AND c.name = x.name`;
  const ids: number[] = [];
  for (const { at, id } of rows) ids[at] = id;
  return ids;
}

async function protocolsOf({ protocols }: TableBody, tx: TransactionClient): Promise<void> {
  const settings = await tx.setting.findMany({ select: { slug: true, title: true } });
  const titles = new Map(settings.map(({ slug, title }) => [slug, title]));
  await tx.protocol.createMany({
    data: protocols.map(({ fingerprint, setting, body }) => ({
      fingerprint,
      settingSlug: setting,
      title: `${titles.get(setting)}, by ${String((body as { by?: unknown }).by ?? "another tool")}`,
      body,
    })),
    skipDuplicates: true,
  });
}

/** @throws Conflict where every value is in the ledger already */
export async function publishTable(id: string, body: TableBody, tx: TransactionClient): Promise<void> {
  // One statement writes all values, tens of thousands at once: it may take longer than a question. The planner takes each
  // list for a hundred rows, for which a loop in a loop would do.
  await tx.$executeRaw`SELECT set_config('statement_timeout', ${String(TABLE_MS)}, true),
    set_config('enable_nestloop', 'off', true)`;
  const methods = await methodsOf(body, tx);
  const checkpoints = await checkpointsOf(body, methods, tx);
  await protocolsOf(body, tx);
  const measures = await recordMeasures([...new Set(body.rows.map(({ measure }) => measure))], tx);
  const rows = body.rows.map(
    ({ of, measure, value, interval, n, seeds, protocol, source, place, evaluatedAt, extra }, at) => ({
      at,
      method_id: methods.get(body.models[of]!.method)!,
      checkpoint_id: checkpoints[of]!,
      measure_id: measures.get(measure)!,
      value,
      lower: interval?.[0] ?? null,
      upper: interval?.[1] ?? null,
      n,
      seeds,
      protocol,
      source: source.slice(0, 2000),
      place,
      evaluated_at: evaluatedAt,
      extra,
    }),
  );
  // A value that stands already, of the same weights, protocol and source, is not said twice.
  const added = await tx.$executeRaw`
    WITH x AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS x(at int, method_id int, checkpoint_id int,
        measure_id int, value float8, lower float8, upper float8, n int, seeds jsonb, protocol char(64), source text,
        place text, evaluated_at text, extra jsonb)),
    added AS (
      INSERT INTO result (method_id, checkpoint_id, measure_id, value, interval_lower, interval_upper, sample_size, seeds,
        provenance, source, protocol_fingerprint, submission_id)
      SELECT x.method_id, x.checkpoint_id, x.measure_id, x.value, x.lower, x.upper, x.n,
        ARRAY(SELECT jsonb_array_elements_text(x.seeds)::bigint), ${body.provenance}::"Provenance", x.source, x.protocol,
        ${id}::uuid
      FROM x WHERE NOT EXISTS (SELECT FROM result r WHERE r.checkpoint_id = x.checkpoint_id AND r.measure_id = x.measure_id
        AND r.method_id = x.method_id AND r.provenance = ${body.provenance}::"Provenance" AND r.source = x.source
        AND r.value = x.value AND r.protocol_fingerprint IS NOT DISTINCT FROM x.protocol
        AND NOT EXISTS (SELECT FROM retraction t WHERE t.result_id = r.id))
      ORDER BY x.at RETURNING id, checkpoint_id, measure_id, protocol_fingerprint)
    INSERT INTO result_origin (result_id, place, evaluated_at, extra)
    SELECT r.id, x.place, x.evaluated_at, x.extra
    FROM added r JOIN x ON x.measure_id = r.measure_id AND x.checkpoint_id = r.checkpoint_id
      AND x.protocol IS NOT DISTINCT FROM r.protocol_fingerprint`;
  if (added === 0) {
    throw new Conflict(
      "Every value of this submission is in the ledger already, from the same source: reject it.",
    );
  }
}
