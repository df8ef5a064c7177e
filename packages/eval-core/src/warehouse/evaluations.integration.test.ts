/** Evaluations with companions: one run each, the main one done last, read back as one. */
import { randomBytes } from "node:crypto";
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type EvaluationToRecord,
  recordEvaluation,
  recordedValues,
  recordWithCompanions,
  startRun,
} from "./index.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const hash = () => randomBytes(32).toString("hex");
const at = new Date("2026-01-01T00:00:00Z");

const makeEvaluation = (setting: string, measure: string): EvaluationToRecord => ({
  method: { slug: `method-${hash().slice(0, 8)}` },
  checkpoint: {
    sha256: hash(),
    name: "weights.pth",
    architecture: "resnet50",
    featureDimension: 2048,
    normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
  },
  dataset: { slug: "digits", title: "Digits", domain: "digits", classCount: 10, manifest: hash() },
  protocol: { fingerprint: hash(), setting, title: setting, body: { evaluation: setting } },
  run: {
    ...{ identity: hash(), seed: 0, device: "cpu", versions: {}, record: {} },
    startedAt: at,
    finishedAt: at,
  },
  results: [{ measure, value: 50, interval: null, sampleSize: 10 }],
});

const companion = () => ({
  identity: hash(),
  protocol: { fingerprint: hash(), setting: "calibration-linear", title: "Calibration", body: {} },
  record: {},
  results: [
    { measure: "calibration-linear/digits/ece", value: 5, interval: { lower: 4, upper: 6 }, sampleSize: 10 },
  ],
});

test("a companion names the run that it came out of, and both are looked up as one", async () => {
  const main = makeEvaluation("many-shot-linear", "many-shot-linear/digits/accuracy");
  await startRun(database.client, main);
  expect(await recordedValues(database.client, main.run.identity)).toBeUndefined();
  const beside = companion();
  await recordWithCompanions(database.client, main, [beside]);
  const runs = await database.client.run.findMany({
    where: { identity: { in: [main.run.identity, beside.identity] } },
    include: { parentRun: true },
  });
  const of = (identity: string) => runs.find((run) => run.identity === identity);
  expect(of(beside.identity)).toMatchObject({ state: "DONE", parentRun: { identity: main.run.identity } });
  expect(of(main.run.identity)).toMatchObject({ state: "DONE", parentRun: null });
  expect(await recordedValues(database.client, main.run.identity)).toEqual([
    ...main.results,
    ...beside.results,
  ]);
  // Once more changes nothing.
  await recordWithCompanions(database.client, main, [beside]);
  expect(await recordedValues(database.client, main.run.identity)).toHaveLength(2);
});

test("a setting that is not on record comes with its first result, where its title is told", async () => {
  const unknown = makeEvaluation("brand-new", "brand-new/digits/accuracy");
  await expect(recordEvaluation(database.client, unknown)).rejects.toThrow("'brand-new' is not a setting");
  const { protocol } = unknown;
  await recordEvaluation(database.client, {
    ...unknown,
    protocol: { ...protocol, settingTitle: "Brand new" },
  });
  const setting = await database.client.setting.findUniqueOrThrow({ where: { slug: "brand-new" } });
  expect(setting.title).toBe("Brand new");
});

test("a value says on the board how many images its run could not read", async () => {
  const main = makeEvaluation("many-shot-linear", "many-shot-linear/digits/accuracy");
  const lost = (unreadable: string[]): EvaluationToRecord => ({
    ...main,
    run: { ...main.run, identity: hash(), record: { unreadable } },
  });
  for (const [images, words] of [
    [[], /^run [0-9a-f-]{36}$/],
    [["bee/04.jpg"], /^run \S{36}, without 1 unreadable image$/],
    [["bee/04.jpg", "bee/05.jpg"], /^run \S{36}, without 2 unreadable images$/],
  ] as const) {
    const { runId } = await recordEvaluation(database.client, lost([...images]));
    const [result] = await database.client.result.findMany({ where: { runId } });
    expect(result!.source).toMatch(words);
  }
});
