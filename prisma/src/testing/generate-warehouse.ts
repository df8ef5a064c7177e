/**
 * A large warehouse for benchmarks, made inside the database in batches, the same for the same seed: methods of a
 * latent quality, measures of a latent difficulty, values from both and noise, so that columns correlate as real ones
 * do. A part of the values is corrected, retracted or published twice, and some cells are empty.
 */
import pg from "pg";

export interface WarehouseSize {
  methods?: number;
  measures?: number;
  /** Entries of the ledger, corrections and second values among them. */
  results?: number;
  seed?: number;
  log?: (line: string) => void;
}

export interface GeneratedWarehouse {
  methods: number;
  measures: number;
  results: number;
  /** Suites over the first 12, the first 50 and all measures. */
  suites: readonly string[];
}

const suiteSizes = [12, 50];
const batchOfMeasures = 20;

/** Of the ledger's entries. */
const shares = { corrections: 0.02, secondValues: 0.03 };
const retractions = 0.002;

async function makeCatalogue(
  client: pg.Client,
  methods: number,
  measures: number,
  seed: number,
): Promise<void> {
  await client.query("SELECT setseed($1)", [(seed % 1_000_000) / 1_000_000]);
  await client.query(
    `INSERT INTO dataset (slug, title, domain, class_count, position)
     SELECT 'generated-' || i, 'Generated ' || i, (ARRAY['objects', 'scenes', 'textures', 'satellite images'])[i % 4 + 1],
       10 + i % 90, 1000 + i
     FROM generate_series(1, ($1::int + 1) / 2) i`,
    [measures],
  );
  await client.query(
    `INSERT INTO measure (slug, title, setting_slug, dataset_slug, metric_slug, position)
     SELECT setting || '/' || dataset || '/accuracy', 'Generated measure ' || i, setting, dataset, 'accuracy', 1000 + i
     FROM generate_series(0, $1::int - 1) i,
       LATERAL (SELECT (ARRAY['many-shot-linear', 'many-shot-finetune'])[i % 2 + 1] AS setting, 'generated-' || i / 2 + 1 AS dataset) x`,
    [measures],
  );
  await client.query(
    `WITH made AS (
       INSERT INTO method (slug, name, family, year)
       SELECT 'generated-' || i, 'Generated ' || i, (ARRAY['CONTRASTIVE', 'CLUSTERING', 'SUPERVISED', 'OTHER'])[i % 4 + 1]::"Family", 2015 + i % 11
       FROM generate_series(1, $1::int) i RETURNING id, slug),
     trained AS (
       INSERT INTO pretraining (method_id, epochs, batch_size)
       SELECT id, 100 * (1 + id % 10), 256 * (1 + id % 16) FROM made)
     INSERT INTO checkpoint (method_id, name, architecture, feature_dimension, input_mean, input_std)
     SELECT id, 'generated', 'ResNet-50 1x', 2048, '{0.485,0.456,0.406}', '{0.229,0.224,0.225}' FROM made`,
    [methods],
  );
  for (const size of [...suiteSizes, measures]) {
    await client.query(
      `WITH made AS (INSERT INTO suite (slug, title, description, position)
         VALUES ('generated-' || $1::int, 'Generated, ' || $1::int || ' measures', 'For benchmarks.', 1000) RETURNING id)
       INSERT INTO suite_measure (suite_id, measure_id, position)
       SELECT made.id, m.id, m.position - 1000 FROM made, measure m WHERE m.title LIKE 'Generated measure %' AND m.position < 1000 + $1::int`,
      [size],
    );
  }
}

/** One value for a share of the cells of some measures. */
const insertValues = `
  INSERT INTO result (method_id, checkpoint_id, measure_id, value, interval_lower, interval_upper, sample_size, provenance, source)
  SELECT method_id, id, measure_id, value, value - 0.5, value + 0.5, 600, 'PUBLISHED', 'Generated'
  FROM (
    SELECT c.method_id, c.id, m.id AS measure_id,
      1 + 98 / (1 + exp(-(sin(c.method_id * 1.7) + cos(m.id * 2.3) + random() - 0.5))) AS value, random() AS lot
    FROM checkpoint c CROSS JOIN measure m
    WHERE c.name = 'generated' AND m.title LIKE 'Generated measure %' AND m.position >= $1 AND m.position < $2
  ) cells WHERE lot < $3`;

/** Adds to values drawn at random: as their corrections, or as second values from another source. */
const insertMore = (kind: "correction" | "second") => `
  INSERT INTO result (method_id, checkpoint_id, measure_id, value, provenance, source, supersedes_id)
  SELECT method_id, checkpoint_id, measure_id, least(100, value + random()), 'PUBLISHED', '${kind === "correction" ? "Generated, corrected" : "Generated elsewhere"}',
    ${kind === "correction" ? "id" : "NULL"}
  FROM (SELECT * FROM result WHERE source = 'Generated' ORDER BY id % 97, id LIMIT $1 ${kind === "correction" ? "" : "OFFSET 1000"}) drawn`;

/** Fills a migrated and seeded database; takes a minute or two for a million results. */
export async function generateWarehouse(url: string, size: WarehouseSize = {}): Promise<GeneratedWarehouse> {
  const { methods = 2000, measures = 500, results = 1_000_000, seed = 1, log = () => undefined } = size;
  const extra = Math.round(results * (shares.corrections + shares.secondValues));
  const share = (results - extra) / (methods * measures);
  if (share > 1) {
    throw new RangeError(
      `${methods} methods x ${measures} measures have too few cells for ${results} results: at most ${Math.floor((methods * measures) / (1 - shares.corrections - shares.secondValues))}.`,
    );
  }
  const client = new pg.Client({ connectionString: url, options: "-c synchronous_commit=off" });
  await client.connect();
  try {
    await makeCatalogue(client, methods, measures, seed);
    for (let first = 0; first < measures; first += batchOfMeasures) {
      const end = Math.min(first + batchOfMeasures, measures);
      await client.query(insertValues, [1000 + first, 1000 + end, share]);
      log(`${end} of ${measures} measures`);
    }
    await client.query(insertMore("correction"), [Math.round(results * shares.corrections)]);
    await client.query(insertMore("second"), [Math.round(results * shares.secondValues)]);
    await client.query(
      `WITH actor AS (INSERT INTO account (name) VALUES ('generator') RETURNING id)
       INSERT INTO retraction (result_id, account_id, reason)
       SELECT r.id, actor.id, 'Generated.' FROM actor, (SELECT id FROM result WHERE source = 'Generated elsewhere' ORDER BY id LIMIT $1) r`,
      [Math.round(results * retractions)],
    );
    await client.query("VACUUM ANALYZE");
    const { rows } = await client.query<{ n: number }>("SELECT count(*)::int AS n FROM result");
    const suites = [...suiteSizes, measures].map((count) => `generated-${count}`);
    return { methods, measures, results: rows[0]?.n ?? 0, suites };
  } finally {
    await client.end();
  }
}
