/** Why a value is not the record's, from runs of one experiment: what each field did alone, all at once, and how far each moves it. */
import { createHash } from "node:crypto";
import { recordEvaluation } from "@transferboard/eval-core/warehouse";
import { fingerprint } from "@transferboard/vocabulary/canonical-json";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, startApi } from "./harness.ts";

const MEASURE = "knn/digits/top-1-k20";
const sha = (text: string) => createHash("sha256").update(text).digest("hex");

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const BASE = { readout: "pooled", preprocessing: "shorter-64", solver: "converged" };
let runs = 0;

async function record(
  body: Readonly<Record<string, string>>,
  value: number,
  { seed = 0, method = "mine" }: { seed?: number; method?: string } = {},
) {
  await recordEvaluation(api.database.client, {
    method: { slug: method, name: method, family: "OTHER" },
    checkpoint: {
      sha256: sha(method),
      name: `${method}.pth`,
      architecture: "none",
      featureDimension: 64,
      normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
    },
    dataset: { slug: "digits", title: "Digits", domain: "digits", classCount: 10, manifest: sha("digits") },
    protocol: { fingerprint: fingerprint(body), setting: "knn", settingTitle: "k-NN", title: "k-NN", body },
    run: {
      identity: sha(`run ${runs++}`),
      seed,
      device: "cpu",
      versions: { transferboard: "0.1.0" },
      startedAt: new Date(),
      finishedAt: new Date(),
      record: {},
    },
    results: [
      { measure: MEASURE, value, interval: { lower: value - 0.5, upper: value + 0.5 }, sampleSize: 600 },
    ],
  });
}

const EXPLAIN = `query ($mine: MyValue!) { explain(method: "mine", measure: "${MEASURE}", mine: $mine) {
  record gap verdict together notTried experiment effects { field effect seen } bands { field lower upper tried } } }`;

it("takes the effects of single fields, all at once, and the bands from runs of one checkpoint", async () => {
  // Another checkpoint's runs are no part of the experiment.
  await record({ ...BASE, readout: "cls" }, 10, { method: "other" });
  await record({ ...BASE, readout: "cls" }, 78);
  await record({ ...BASE, preprocessing: "resize-224" }, 83);
  await record({ ...BASE, readout: "cls", preprocessing: "resize-224" }, 81);
  for (const [seed, value] of [81, 79, 80].entries()) await record(BASE, value, { seed });
  // The same seed once more is no fourth draw.
  await record(BASE, 80, { seed: 2 });

  const mine = {
    value: 81,
    protocol: { ...BASE, readout: "cls", preprocessing: "resize-224", solver: "early" },
  };
  const { explain } = await api.read(EXPLAIN, { variables: { mine } });
  expect(explain).toEqual({
    record: 80,
    gap: 1,
    verdict: "EXPLAINED",
    together: 1,
    notTried: ["solver"],
    experiment: "mine, mine.pth",
    effects: [
      { field: "preprocessing", effect: 3, seen: true },
      { field: "readout", effect: -2, seen: true },
    ],
    bands: [
      { field: "readout", lower: 78, upper: 81, tried: 4 },
      { field: "preprocessing", lower: 79, upper: 83, tried: 4 },
      { field: "seed", lower: 79, upper: 81, tried: 3 },
    ],
  });
});
