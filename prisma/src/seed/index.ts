/**
 * Puts the published record into a migrated database: vocabulary, methods, suites, protocols and the 1,204 values of
 * the paper's tables. It adds what is missing and touches nothing else, so a second time changes nothing.
 */
import { datasets, metrics, seededMeasures, settings, suites } from "@transferboard/vocabulary";
import pg from "pg";
import { bibtexOf, methods } from "./methods.ts";
import { protocols } from "./protocols.ts";
import { episodes, publishedPretraining, publishedValues } from "./tables.ts";

type Row = Record<string, unknown>;

/** What the seed added: zero everywhere the second time. */
export interface Seeded {
  methods: number;
  measures: number;
  results: number;
}

/** Adds the rows whose `key` columns are not there yet; returns how many. */
async function addMissing(client: pg.Client, table: string, key: readonly string[], rows: readonly Row[]) {
  const columns = Object.keys(rows[0] ?? {}).join(", ");
  const same = key.map((column) => `old.${column} IS NOT DISTINCT FROM new.${column}`).join(" AND ");
  const { rowCount } = await client.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table}, $1) new
     WHERE NOT EXISTS (SELECT FROM ${table} old WHERE ${same})`,
    [JSON.stringify(rows)],
  );
  return rowCount ?? 0;
}

async function idsOf(client: pg.Client, table: string, key = "slug"): Promise<Map<string, number>> {
  const { rows } = await client.query<{ key: string; id: number }>(`SELECT ${key} AS key, id FROM ${table}`);
  return new Map(rows.map((row) => [row.key, row.id]));
}

function idIn(ids: ReadonlyMap<string, number>, key: string): number {
  const id = ids.get(key);
  if (id === undefined) throw new Error(`The seed refers to '${key}', which it does not add.`);
  return id;
}

const positioned = <T extends object>(items: readonly T[]) =>
  items.map((item, position) => ({ ...item, position }));

async function seedVocabulary(client: pg.Client): Promise<void> {
  await addMissing(
    client,
    "setting",
    ["slug"],
    positioned(settings).map((row) => ({ ...row })),
  );
  await addMissing(
    client,
    "metric",
    ["slug"],
    metrics.map((metric) => ({ ...metric })),
  );
  const rows = positioned(datasets).map(({ slug, title, domain, position, classes, sizes }) => ({
    ...{ slug, title, domain, position },
    class_count: classes,
    train_size: sizes[0],
    val_size: sizes[1],
    test_size: sizes[2],
  }));
  await addMissing(client, "dataset", ["slug"], rows);
}

/**
 * A suite's missing measures, behind those that it has: an installation may have put its own there, and no two have one
 * place.
 */
const addedToSuites = `INSERT INTO suite_measure (suite_id, measure_id, position, ranked)
  SELECT new.suite_id, new.measure_id, ranked_last.next + row_number() OVER (
      PARTITION BY new.suite_id ORDER BY new.position) - 1, new.ranked
  FROM jsonb_populate_recordset(NULL::suite_measure, $1) new
  CROSS JOIN LATERAL (
    SELECT coalesce(max(position) + 1, 0) AS next FROM suite_measure WHERE suite_id = new.suite_id) ranked_last
  WHERE NOT EXISTS (SELECT FROM suite_measure old
    WHERE old.suite_id = new.suite_id AND old.measure_id = new.measure_id)`;

/** What the paper's own values were recorded under. */
const recordedProtocols = `SELECT DISTINCT ON (p.setting_slug) p.setting_slug AS setting, p.fingerprint
  FROM result r JOIN protocol p ON p.fingerprint = r.protocol_fingerprint
  WHERE r.provenance = 'PUBLISHED' AND r.submission_id IS NULL AND r.source = ANY($1)
  ORDER BY p.setting_slug, r.id`;

/**
 * The protocol of each setting's published values. The ledger is append-only: where they were recorded before this
 * wording of the protocols, they keep the one they have, and what is missing joins them under it.
 */
async function seedProtocols(client: pg.Client): Promise<ReadonlyMap<string, string>> {
  const sources = [...new Set(publishedValues().map(({ source }) => source))];
  const { rows } = await client.query<{ setting: string; fingerprint: string }>(recordedProtocols, [sources]);
  const recorded = new Map(rows.map(({ setting, fingerprint }) => [setting, fingerprint.trim()]));
  const added = protocols.filter(({ setting }) => !recorded.has(setting));
  if (added.length > 0) {
    const rowsOfAdded = added.map(({ setting, ...protocol }) => ({ ...protocol, setting_slug: setting }));
    await addMissing(client, "protocol", ["fingerprint"], rowsOfAdded);
  }
  return new Map(
    protocols.map(({ setting, fingerprint }) => [setting, recorded.get(setting) ?? fingerprint]),
  );
}

async function seedMeasures(client: pg.Client): Promise<number> {
  const titleOf = (items: readonly { slug: string; title: string }[], slug: string) =>
    items.find((item) => item.slug === slug)?.title;
  const rows = seededMeasures.map((slug, position) => {
    const [setting = "", dataset = "", metric = ""] = slug.split("/");
    return {
      slug,
      title: `${titleOf(datasets, dataset)}: ${titleOf(metrics, metric)} (${titleOf(settings, setting)})`,
      setting_slug: setting,
      dataset_slug: dataset,
      metric_slug: metric,
      position,
    };
  });
  const added = await addMissing(client, "measure", ["slug"], rows);
  const withoutMeasures = positioned(suites).map(({ measures: _, ...suite }) => suite);
  await addMissing(client, "suite", ["slug"], withoutMeasures);
  const suiteIds = await idsOf(client, "suite");
  const measureIds = await idsOf(client, "measure");
  const members = suites.flatMap((suite) =>
    suite.measures.map(({ slug, ranked }, position) => ({
      suite_id: idIn(suiteIds, suite.slug),
      measure_id: idIn(measureIds, slug),
      position,
      ranked,
    })),
  );
  await client.query(addedToSuites, [JSON.stringify(members)]);
  return added;
}

/** The checkpoint of a published figure: the authors' own, whose file we have not seen. */
const publishedCheckpoint = "ResNet-50 of the authors";

async function seedMethods(client: pg.Client): Promise<number> {
  const rows = methods.map((method) => ({
    slug: method.slug,
    name: method.name,
    family: method.family,
    year: method.year,
    paper_title: method.title,
    paper_url: `https://arxiv.org/abs/${method.arxiv}`,
    bibtex: bibtexOf(method),
    created_at: new Date(),
  }));
  const added = await addMissing(client, "method", ["slug"], rows);
  const ids = await idsOf(client, "method");
  const idOfName = (name: string) => idIn(ids, methods.find((method) => method.name === name)?.slug ?? name);
  const pretraining = publishedPretraining().map(({ method, columns }) => ({
    method_id: idOfName(method),
    dataset: "ImageNet-1k",
    ...columns,
  }));
  await addMissing(client, "pretraining", ["method_id"], pretraining);
  const checkpoints = methods.map((method) => ({
    method_id: idIn(ids, method.slug),
    name: publishedCheckpoint,
    architecture: "ResNet-50 1x",
    feature_dimension: 2048,
    input_mean: method.normalised ? [0.485, 0.456, 0.406] : [0, 0, 0],
    input_std: method.normalised ? [0.229, 0.224, 0.225] : [1, 1, 1],
    created_at: new Date(),
  }));
  await addMissing(client, "checkpoint", ["method_id", "name"], checkpoints);
  return added;
}

async function seedResults(client: pg.Client, protocolOf: ReadonlyMap<string, string>): Promise<number> {
  const methodIds = await idsOf(client, "method");
  const measureIds = await idsOf(client, "measure");
  const { rows: checkpoints } = await client.query<{ id: number; method_id: number }>(
    "SELECT id, method_id FROM checkpoint WHERE name = $1",
    [publishedCheckpoint],
  );
  const checkpointOf = new Map(checkpoints.map((row) => [row.method_id, row.id]));
  const slugOf = new Map(methods.map((method) => [method.name, method.slug]));
  const rows = publishedValues().map(({ method, measure, source, value, halfWidth }) => {
    const methodId = idIn(methodIds, slugOf.get(method) ?? method);
    return {
      method_id: methodId,
      checkpoint_id: checkpointOf.get(methodId),
      measure_id: idIn(measureIds, measure),
      value,
      interval_lower: halfWidth === null ? null : Number((value - halfWidth).toFixed(4)),
      interval_upper: halfWidth === null ? null : Number((value + halfWidth).toFixed(4)),
      sample_size: halfWidth === null ? null : episodes,
      provenance: "PUBLISHED",
      source,
      protocol_fingerprint: protocolOf.get(measure.split("/")[0] ?? "") ?? null,
    };
  });
  return addMissing(client, "result", ["source", "measure_id", "checkpoint_id", "provenance"], rows);
}

/** In one transaction, as the database's owner. */
export async function seed(url: string): Promise<Seeded> {
  const client = new pg.Client({ connectionString: url, options: "-c timezone=UTC" });
  await client.connect();
  try {
    await client.query("BEGIN");
    // Two seeds at once: the second waits, and then has nothing to add.
    await client.query("SELECT lock_ledger()");
    await seedVocabulary(client);
    const protocolOf = await seedProtocols(client);
    const measures = await seedMeasures(client);
    const added = await seedMethods(client);
    const results = await seedResults(client, protocolOf);
    await client.query("COMMIT");
    return { methods: added, measures, results };
  } finally {
    // An unfinished transaction ends with the connection.
    await client.end();
  }
}
