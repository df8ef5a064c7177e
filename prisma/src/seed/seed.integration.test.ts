/** The published record in the database is that of the files, read here by another path: lines split by hand. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, type Json } from "@transferboard/vocabulary/canonical-json";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataFolder } from "../paths.ts";
import { type TestDatabase, testDatabase } from "../testing/index.ts";
import { seed } from "./index.ts";

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await testDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const rowsOf = async <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> =>
  (await client.query<T>(sql, values)).rows;

function cells(file: string): Map<string, string> {
  const [header = "", ...lines] = readFileSync(join(dataFolder, file), "utf8").trim().split(/\r?\n/);
  const columns = header.split(",");
  return new Map(
    lines.flatMap((line) => {
      const [method, ...values] = line.split(",");
      return values.map((value, at): [string, string] => [`${method}/${columns[at + 1]}`, value]);
    }),
  );
}

test("there are 14 methods and 1,204 values, all published, none missing", async () => {
  const [counts] = await rowsOf<{ methods: string; results: string; published: string; pairs: string }>(
    `SELECT (SELECT count(*) FROM method) AS methods, count(*) AS results,
       count(*) FILTER (WHERE provenance = 'PUBLISHED') AS published,
       count(DISTINCT (method_id, measure_id)) AS pairs FROM result`,
  );
  expect(counts).toEqual({ methods: "14", results: "1204", published: "1204", pairs: "1204" });
});

test("each table's values are those of its files", async () => {
  const files = readdirSync(dataFolder).filter((file) => !file.startsWith("table10"));
  const expected = new Map<string, string[]>();
  for (const file of files) {
    const source = `Table ${/^table(\d+)/.exec(file)?.[1]}`;
    const values = [...cells(file).entries()].map(
      ([key, text]) => `${key.split("/")[0]} ${Number(text.split(" ")[0])}`,
    );
    expected.set(source, [...(expected.get(source) ?? []), ...values]);
  }
  const rows = await rowsOf<{ source: string; name: string; value: number }>(
    "SELECT source, name, value FROM result JOIN method ON method.id = method_id",
  );
  for (const [source, values] of expected) {
    const found = rows.filter((row) => row.source === source).map((row) => `${row.name} ${row.value}`);
    expect(found.toSorted(), source).toEqual(values.toSorted());
  }
  expect(expected.size).toBe(9);
});

/** One column of every table, and the measure that it must be. */
const columns: readonly [file: string, column: string, measure: string][] = [
  ["table1_many_shot_linear", "imagenet_top1", "imagenet/imagenet/top1"],
  ["table1_many_shot_linear", "aircraft", "many-shot-linear/aircraft/mean-per-class-accuracy"],
  ["table1_many_shot_linear", "caltech101", "many-shot-linear/caltech101/mean-per-class-accuracy"],
  ["table1_many_shot_linear", "cars", "many-shot-linear/cars/accuracy"],
  ["table1_many_shot_linear", "cifar10", "many-shot-linear/cifar10/accuracy"],
  ["table1_many_shot_linear", "flowers", "many-shot-linear/flowers/mean-per-class-accuracy"],
  ["table1_many_shot_linear", "voc2007", "many-shot-linear/voc2007/map11"],
  ["table1_many_shot_finetune", "pets", "many-shot-finetune/pets/mean-per-class-accuracy"],
  ["table1_many_shot_finetune", "sun397", "many-shot-finetune/sun397/accuracy"],
  ["table4_detection_voc", "frozen_ap50", "detection-frozen/voc2007/ap50"],
  ["table4_detection_voc", "finetune_ap75", "detection-finetune/voc2007/ap75"],
  ["table5_dense", "nyuv2_mean_error", "surface-normals/nyuv2/mean-error"],
  ["table5_dense", "nyuv2_within_11_25", "surface-normals/nyuv2/within-11.25"],
  ["table5_dense", "ade20k_mean_iou", "segmentation/ade20k/mean-iou"],
  ["table9_feature_analysis", "ece_linear", "calibration-linear/kornblith/ece"],
  ["table9_feature_analysis", "ece_finetune_scaled", "calibration-finetune/kornblith/ece-scaled"],
  ["table9_feature_analysis", "lpips_vgg", "reconstruction/all/lpips-vgg"],
  ["table9_feature_analysis", "colour_error_red", "reconstruction/all/colour-error-red"],
  ["table9_feature_analysis", "attentive_diffusion", "attention/all/diffusion"],
  ["table2_few_shot_20_kornblith", "dtd", "few-shot-20/dtd/accuracy"],
  ["table3_few_shot_20_cdfsl", "isic", "few-shot-20/isic2018/accuracy"],
  ["table6_few_shot_5_kornblith", "cars", "few-shot-5/cars/accuracy"],
  ["table7_few_shot_50_kornblith", "food", "few-shot-50/food/accuracy"],
  ["table8_few_shot_5_50_cdfsl", "cropdiseases_5", "few-shot-5/cropdiseases/accuracy"],
  ["table8_few_shot_5_50_cdfsl", "chestx_50", "few-shot-50/chestx/accuracy"],
];

test.each(columns)("%s %s is %s", async (file, column, measure) => {
  const rows = await rowsOf<{ name: string; value: number; half: number | null; n: number | null }>(
    `SELECT name, value, (interval_upper - interval_lower) / 2 AS half, sample_size AS n
     FROM result r JOIN method ON method.id = r.method_id JOIN measure m ON m.id = r.measure_id WHERE m.slug = $1`,
    [measure],
  );
  const table = cells(`${file}.csv`);
  expect(rows).toHaveLength(14);
  for (const { name, value, half, n } of rows) {
    const [printed, interval] = (table.get(`${name}/${column}`) ?? "").split(" ± ");
    expect(value, name).toBe(Number(printed));
    if (interval === undefined) expect([half, n], name).toEqual([null, null]);
    else {
      expect(half, name).toBeCloseTo(Number(interval), 9);
      expect(n, name).toBe(600);
    }
  }
});

describe("pretraining", () => {
  test("flags and numbers are Table 10's, with its two odd words kept", async () => {
    const table = cells("table10_pretraining.csv");
    const rows = await rowsOf<Record<string, unknown>>(
      "SELECT name, pretraining.* FROM pretraining JOIN method ON method.id = method_id",
    );
    expect(rows).toHaveLength(14);
    for (const row of rows) {
      for (const column of ["epochs", "batch_size"]) {
        expect(row[column], `${row.name} ${column}`).toBe(Number(table.get(`${row.name}/${column}`)));
      }
      for (const column of ["jigsaw", "blur", "memory_bank", "normalize", "colour_jitter", "random_crop"]) {
        const text = table.get(`${row.name}/${column}`) ?? "";
        expect(row[column], `${row.name} ${column}`).toBe(text === "yes" || text === "multi");
      }
      expect(row.pca_colour).toBe(table.get(`${row.name}/colour_jitter`) === "PCA");
      expect(row.multi_crop).toBe(table.get(`${row.name}/random_crop`) === "multi");
    }
  });

  test("SimCLR's inputs are not normalised, all others are", async () => {
    const rows = await rowsOf<{ slug: string; input_std: number[] }>(
      "SELECT slug, input_std FROM checkpoint JOIN method ON method.id = method_id",
    );
    const raw = rows.filter((row) => row.input_std.every((deviation) => deviation === 1));
    expect(raw.map((row) => row.slug).toSorted()).toEqual(["simclr-v1", "simclr-v2"]);
    expect(rows).toHaveLength(14);
  });
});

describe("suites", () => {
  const sizes = {
    "many-shot-linear": [11, 11],
    "many-shot-finetune": [11, 11],
    "few-shot-kornblith": [10, 10],
    "few-shot-kornblith-5": [10, 10],
    "few-shot-kornblith-50": [7, 7],
    "few-shot-cdfsl": [4, 4],
    "few-shot-cdfsl-5": [4, 4],
    "few-shot-cdfsl-50": [4, 4],
    "detection-frozen": [3, 1],
    "detection-finetune": [3, 1],
    "surface-normals": [5, 1],
    segmentation: [2, 1],
    overview: [41, 41],
    reconstruction: [6, 1],
    attention: [1, 1],
  };

  test("come behind what an installation has put into them, each in a place of its own", async () => {
    const added = `INSERT INTO suite_measure (suite_id, measure_id, position, ranked)
      SELECT s.id, m.id, 0, false FROM suite s, measure m WHERE s.slug = 'attention' AND m.slug = 'imagenet/imagenet/top1'`;
    await client.query(
      "DELETE FROM suite_measure USING suite s WHERE s.id = suite_id AND s.slug = 'attention'",
    );
    await client.query(added);
    await seed(database.url);
    const rows = await rowsOf<{ slug: string; position: number }>(
      `SELECT m.slug, sm.position FROM suite_measure sm JOIN suite s ON s.id = sm.suite_id
       JOIN measure m ON m.id = sm.measure_id WHERE s.slug = 'attention' ORDER BY sm.position`,
    );
    expect(rows).toEqual([
      { slug: "imagenet/imagenet/top1", position: 0 },
      { slug: "attention/all/diffusion", position: 1 },
    ]);
    await client.query(
      "DELETE FROM suite_measure USING suite s WHERE s.id = suite_id AND s.slug = 'attention' AND suite_measure.position = 0",
    );
  });

  test("hold the measures that they should, and rank by those that they should", async () => {
    const rows = await rowsOf<{ slug: string; all: number; ranked: number }>(
      `SELECT slug, count(*)::int AS all, count(*) FILTER (WHERE ranked)::int AS ranked
       FROM suite JOIN suite_measure ON suite_id = id GROUP BY slug`,
    );
    expect(Object.fromEntries(rows.map((row) => [row.slug, [row.all, row.ranked]]))).toMatchObject(sizes);
  });

  test("detection ranks by AP50, normals by mean error, segmentation by mean IoU", async () => {
    const rows = await rowsOf<{ slug: string }>(
      `SELECT m.slug FROM suite s JOIN suite_measure ON suite_id = s.id JOIN measure m ON m.id = measure_id
       WHERE ranked AND s.slug IN ('detection-frozen', 'detection-finetune', 'surface-normals', 'segmentation') ORDER BY 1`,
    );
    expect(rows.map((row) => row.slug)).toEqual([
      "detection-finetune/voc2007/ap50",
      "detection-frozen/voc2007/ap50",
      "segmentation/ade20k/mean-iou",
      "surface-normals/nyuv2/mean-error",
    ]);
  });
});

test("every protocol's fingerprint is that of its stored body", async () => {
  const rows = await rowsOf<{ fingerprint: string; body: Json }>("SELECT fingerprint, body FROM protocol");
  expect(rows).toHaveLength(13);
  for (const row of rows) expect(fingerprint(row.body)).toBe(row.fingerprint);
});

test("seeding again adds nothing and writes no event", async () => {
  const stateOf = () =>
    rowsOf(
      `SELECT (SELECT count(*) FROM result) AS results, (SELECT last_value FROM result_id_seq) AS sequence,
         (SELECT max(hash) FROM (SELECT hash FROM audit_event ORDER BY id DESC LIMIT 1) last) AS head`,
    );
  const before = await stateOf();
  expect(await seed(database.url)).toEqual({ methods: 0, measures: 0, results: 0 });
  expect(await stateOf()).toEqual(before);
});

test("values that were recorded under an earlier wording of a protocol keep it, and missing ones join them", async () => {
  await using older = await testDatabase();
  const owner = new pg.Client({ connectionString: older.url });
  await owner.connect();
  try {
    const earlier = { evaluation: "many-shot-linear", shorterSide: 224 };
    // As if an earlier version had seeded it, without one method's values in one column.
    await owner.query("SET session_replication_role = replica");
    await owner.query(
      `WITH old AS (UPDATE protocol SET fingerprint = $1, body = $2, title = 'earlier'
         WHERE setting_slug = 'many-shot-linear' RETURNING fingerprint)
       UPDATE result SET protocol_fingerprint = $1 FROM measure m
       WHERE m.id = measure_id AND m.setting_slug = 'many-shot-linear'`,
      [fingerprint(earlier), earlier],
    );
    await owner.query(
      `DELETE FROM result USING measure m, method WHERE m.id = measure_id AND method.id = method_id
         AND m.slug = 'many-shot-linear/dtd/accuracy' AND method.slug = 'swav'`,
    );
    await owner.query("SET session_replication_role = origin");
    expect(await seed(older.url)).toEqual({ methods: 0, measures: 0, results: 1 });
    const { rows } = await owner.query(
      `SELECT trim(protocol_fingerprint) AS fingerprint, count(*)::int AS results FROM result
       JOIN measure m ON m.id = measure_id WHERE m.setting_slug = 'many-shot-linear' GROUP BY 1`,
    );
    expect(rows).toEqual([{ fingerprint: fingerprint(earlier), results: 14 * 11 }]);
    expect((await owner.query("SELECT count(*)::int AS n FROM protocol")).rows).toEqual([{ n: 13 }]);
    expect(await seed(older.url)).toEqual({ methods: 0, measures: 0, results: 0 });
  } finally {
    await owner.end();
  }
});

test("two seeds at once add the record once", async () => {
  await using empty = await testDatabase({ from: "empty" });
  const seeded = await Promise.all([seed(empty.url), seed(empty.url)]);
  expect(seeded.map((one) => one.results).toSorted((a, b) => a - b)).toEqual([0, 1204]);
});
