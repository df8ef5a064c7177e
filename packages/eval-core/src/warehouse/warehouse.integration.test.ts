/** What the warehouse writes, read back by plain SQL; as the application's role, which may not do more. */
import { randomBytes } from "node:crypto";
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  boardOf,
  cancelRun,
  type EvaluationToRecord,
  failRun,
  recordEvaluation,
  recordedRuns,
  startRun,
  WarehouseError,
} from "./index.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({ connect: { poolSize: 8 } });
});
afterAll(() => database.drop());

const hash = () => randomBytes(32).toString("hex");

/** An evaluation of new weights of a new method on the digits. */
function makeEvaluation(overrides: Partial<EvaluationToRecord> = {}): EvaluationToRecord {
  return {
    method: { slug: `method-${hash().slice(0, 8)}`, name: "Untrained ResNet", family: "CONTROL" },
    checkpoint: {
      sha256: hash(),
      name: "torchvision.pth",
      architecture: "resnet50, width 0.125",
      featureDimension: 256,
      normalisation: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
      loading: { dropped: [{ name: "fc.weight", why: "a classifier" }] },
    },
    dataset: {
      slug: "digits",
      title: "Digits",
      domain: "handwritten digits",
      classCount: 10,
      sizes: { train: 1197, test: 600 },
      manifest: hash(),
    },
    protocol: {
      fingerprint: hash(),
      setting: "many-shot-linear",
      title: "Linear, converged",
      body: { evaluation: "many-shot-linear" },
    },
    run: {
      identity: hash(),
      seed: 7,
      device: "cpu",
      versions: { transferboard: "0.1.0" },
      startedAt: new Date("2026-01-01T00:00:00Z"),
      finishedAt: new Date("2026-01-01T00:00:09Z"),
      record: { sweep: [1, 2, 3] },
    },
    results: [
      {
        measure: "many-shot-linear/digits/accuracy",
        value: 87.5,
        interval: { lower: 84.6, upper: 90 },
        sampleSize: 600,
      },
    ],
    ...overrides,
  };
}

const eventsOf = (subject: string) =>
  database.client.auditEvent.findMany({ where: { subject }, orderBy: { id: "asc" } });

describe("recording", () => {
  test("keeps the value with everything that it came from, and says so in the audit log", async () => {
    const evaluation = makeEvaluation();
    const recorded = await recordEvaluation(database.client, evaluation);
    expect(recorded).toMatchObject({
      alreadyRecorded: false,
      results: [{ measure: "many-shot-linear/digits/accuracy", value: 87.5 }],
    });
    const row = await database.client.result.findUniqueOrThrow({
      where: { id: recorded.results[0]!.id },
      include: { method: true, checkpoint: true, run: true, protocol: true },
    });
    expect(row).toMatchObject({
      value: 87.5,
      intervalLower: 84.6,
      intervalUpper: 90,
      sampleSize: 600,
      seeds: [7n],
      provenance: "REPRODUCED",
      method: { slug: evaluation.method.slug, name: "Untrained ResNet", family: "CONTROL" },
      checkpoint: {
        sha256: evaluation.checkpoint.sha256,
        featureDimension: 256,
        loading: evaluation.checkpoint.loading,
      },
      run: {
        state: "DONE",
        device: "cpu",
        seed: 7n,
        record: { sweep: [1, 2, 3] },
        startedAt: evaluation.run.startedAt,
      },
      protocol: { fingerprint: evaluation.protocol.fingerprint, body: evaluation.protocol.body },
    });
    const events = await eventsOf(`run/${recorded.runId}`);
    expect(events.map(({ action }) => action)).toEqual(["results.recorded", "run.done"]);
    expect(await eventsOf(`method/${evaluation.method.slug}`)).toHaveLength(1);
  });

  test("the same evaluation again writes nothing and answers what is there", async () => {
    const evaluation = makeEvaluation();
    const first = await recordEvaluation(database.client, evaluation);
    const events = await database.client.auditEvent.count();
    const second = await recordEvaluation(database.client, evaluation);
    expect(second).toEqual({ ...first, alreadyRecorded: true });
    expect(await database.client.auditEvent.count()).toBe(events);
  });

  test("eight at once record it once", async () => {
    const evaluation = makeEvaluation();
    const all = await Promise.all(
      Array.from({ length: 8 }, () => recordEvaluation(database.client, evaluation)),
    );
    expect(all.filter(({ alreadyRecorded }) => !alreadyRecorded)).toHaveLength(1);
    expect(new Set(all.map(({ results }) => results[0]!.id)).size).toBe(1);
    const where = { method: { slug: evaluation.method.slug } };
    expect(await database.client.result.count({ where })).toBe(1);
  });

  test("a new folder of images gets its dataset and its measure, shown in the suite that was named", async () => {
    const evaluation = makeEvaluation({
      dataset: {
        slug: "my-mushrooms",
        title: "My mushrooms",
        domain: "mushrooms",
        classCount: 4,
        manifest: hash(),
        own: true,
      },
      results: [
        { measure: "many-shot-linear/my-mushrooms/accuracy", value: 50, interval: null, sampleSize: null },
        {
          measure: "many-shot-linear/my-mushrooms/mean-per-class-accuracy",
          value: 48,
          interval: null,
          sampleSize: null,
        },
      ],
      suite: "demo",
    });
    await recordEvaluation(database.client, evaluation);
    const suite = await database.client.suite.findUniqueOrThrow({
      where: { slug: "demo" },
      include: { measures: { orderBy: { position: "asc" }, include: { measure: true } } },
    });
    expect(suite.measures.map(({ measure }) => measure.slug)).toEqual([
      "many-shot-linear/digits/accuracy",
      "many-shot-linear/my-mushrooms/accuracy",
      "many-shot-linear/my-mushrooms/mean-per-class-accuracy",
    ]);
    const other = makeEvaluation({ dataset: { ...evaluation.dataset, manifest: hash() } });
    await expect(recordEvaluation(database.client, other)).rejects.toThrow(/recorded with other images/);
  });

  test("a failure leaves nothing behind", async () => {
    const evaluation = makeEvaluation({
      results: [
        { measure: "many-shot-linear/digits/accuracy", value: 187.5, interval: null, sampleSize: null },
      ],
    });
    await expect(recordEvaluation(database.client, evaluation)).rejects.toThrow(/out of the bounds/);
    expect(await database.client.method.findUnique({ where: { slug: evaluation.method.slug } })).toBeNull();
    expect((await recordedRuns(database.client, [evaluation.run.identity])).size).toBe(0);
  });
});

describe("what contradicts the record is refused in a sentence", () => {
  const ofSupervised = makeEvaluation({ method: { slug: "supervised" } });

  test("weights of another method", async () => {
    await recordEvaluation(database.client, ofSupervised);
    const other = makeEvaluation({ checkpoint: ofSupervised.checkpoint });
    await expect(recordEvaluation(database.client, other)).rejects.toThrow(
      /are recorded as 'torchvision.pth' of the method supervised/,
    );
  });

  test("the same weights with other inputs", async () => {
    const normalisation = { mean: [0, 0, 0], std: [1, 1, 1] };
    const other = makeEvaluation({
      method: ofSupervised.method,
      checkpoint: { ...ofSupervised.checkpoint, normalisation },
    });
    await expect(recordEvaluation(database.client, other)).rejects.toThrow(/input normalisation/);
  });

  test("the same weights with other heads, but not where it was not told which", async () => {
    const first = makeEvaluation();
    const withHeads = (heads?: number) => {
      const choices = heads === undefined ? {} : { heads: { value: heads, from: "--heads" } };
      return makeEvaluation({
        method: first.method,
        checkpoint: { ...first.checkpoint, loading: { choices } },
      });
    };
    await recordEvaluation(database.client, withHeads(6));
    await recordEvaluation(database.client, withHeads(6));
    await recordEvaluation(database.client, withHeads());
    await expect(recordEvaluation(database.client, withHeads(4))).rejects.toThrow(
      /are recorded with heads 6, found 4: that is another network/,
    );
  });

  const value = { measure: "many-shot-linear/digits/accuracy", value: 1, interval: null, sampleSize: null };
  test.each<[string, Partial<EvaluationToRecord>, RegExp]>([
    ["no result", { results: [] }, /without a result/],
    ["a measure twice", { results: [value, value] }, /is given twice/],
    ["not a number", { results: [{ ...value, value: Number.NaN }] }, /expected finite numbers/],
    [
      "an interval beside its value",
      { results: [{ ...value, interval: { lower: 2, upper: 3 } }] },
      /lower <= value/,
    ],
    [
      "an unknown metric",
      { results: [{ ...value, measure: "many-shot-linear/digits/luck" }] },
      /no metric 'luck'/,
    ],
    [
      "an unknown setting",
      { protocol: { fingerprint: hash(), setting: "magic", title: "x", body: {} } },
      /is not a setting: known are imagenet,/,
    ],
    ["a method without a slug's form", { method: { slug: "My Method" } }, /cannot be the slug of a method/],
    [
      "an unknown suite",
      { results: [{ ...value, measure: "few-shot-5/digits/accuracy" }], suite: "nowhere" },
      /no suite 'nowhere'/,
    ],
  ])("%s", async (_, overrides, sentence) => {
    const refused = recordEvaluation(database.client, makeEvaluation(overrides));
    await expect(refused).rejects.toThrow(WarehouseError);
    await expect(refused).rejects.toThrow(sentence);
  });
});

describe("the states of a run", () => {
  test("started, failed with its reason, started again, recorded; then final", async () => {
    const evaluation = makeEvaluation();
    const { runId } = await startRun(database.client, evaluation);
    await failRun(database.client, runId, "the disk is full");
    const failed = await database.client.run.findUniqueOrThrow({ where: { id: runId } });
    expect(failed).toMatchObject({ state: "FAILED", failure: "the disk is full" });
    expect(await startRun(database.client, evaluation)).toEqual({ runId, state: "RUNNING" });
    expect((await recordEvaluation(database.client, evaluation)).runId).toBe(runId);
    expect(await startRun(database.client, evaluation)).toEqual({ runId, state: "DONE" });
    await expect(failRun(database.client, runId, "too late")).rejects.toThrow(/no run .* under way/);
    await expect(
      database.client.run.update({ where: { id: runId }, data: { state: "FAILED", failure: "x" } }),
    ).rejects.toThrow(/is done and stays as it is/);
    const events = await eventsOf(`run/${runId}`);
    expect(events.map(({ action }) => action)).toEqual([
      "run.running",
      "run.failed",
      "run.running",
      "results.recorded",
      "run.done",
    ]);
  });

  test("which of several are on record", async () => {
    const [done, cancelled, never] = [makeEvaluation(), makeEvaluation(), makeEvaluation()];
    await recordEvaluation(database.client, done);
    await cancelRun(database.client, (await startRun(database.client, cancelled)).runId);
    const identities = [done, cancelled, never].map(({ run }) => run.identity);
    const recorded = await recordedRuns(database.client, identities);
    expect(identities.map((identity) => recorded.get(identity)?.state)).toEqual([
      "DONE",
      "CANCELLED",
      undefined,
    ]);
  });
});

describe("where the methods stand", () => {
  test("the paper's linear board is led by DeepCluster-v2 with 78.92", async () => {
    await using fresh = await testDatabase();
    const board = await boardOf(fresh.client, "many-shot-linear");
    expect(board.rows).toHaveLength(14);
    expect(board.rows[0]).toMatchObject({ rank: 1, method: { slug: "deepcluster-v2" } });
    expect(board.rows[0]!.score!.toFixed(2)).toBe("78.92");
  });

  test("a suite ranks by its ranked measures alone, lower errors first", async () => {
    const board = await boardOf(database.client, "surface-normals");
    expect(board.measures.filter(({ ranked }) => ranked).map(({ slug }) => slug)).toEqual([
      "surface-normals/nyuv2/mean-error",
    ]);
    expect(board.rows[0]).toMatchObject({ method: { slug: "simclr-v2" }, score: 28.77 });
  });

  test("a measure is a board of its own", async () => {
    const board = await boardOf(database.client, "imagenet/imagenet/top1");
    expect(board.rows[0]).toMatchObject({ rank: 1, score: 77.2, method: { slug: "supervised" } });
  });

  test("a method without every value is listed last, without a rank", async () => {
    await using fresh = await testDatabase();
    const dtd = { measure: "many-shot-linear/dtd/accuracy", value: 99, interval: null, sampleSize: null };
    const evaluation = makeEvaluation({ results: [dtd] });
    await recordEvaluation(fresh.client, evaluation);
    const board = await boardOf(fresh.client, "many-shot-linear");
    expect(board.rows.at(-1)).toMatchObject({
      rank: null,
      score: null,
      method: { slug: evaluation.method.slug },
    });
    expect(board.rows.map(({ rank }) => rank).slice(0, 14)).toEqual(
      Array.from({ length: 14 }, (_, i) => i + 1),
    );
  });

  test("an unknown slug is said to be one", async () => {
    await expect(boardOf(database.client, "many-shots")).rejects.toThrow(
      "There is no suite and no measure 'many-shots'.",
    );
  });
});
