/** The bootstrap of 11-point AP on its golden; the values of all metrics are held by their conformance kinds. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readNpy } from "../tensor/npy.ts";
import { SeededRandom } from "../tensor/random.ts";
import type { AnyTensor, DType } from "../tensor/tensor.ts";
import { meanAveragePrecision11 } from "./index.ts";

const golden = new URL("../../golden/", import.meta.url);
const json = (path: string) => JSON.parse(readFileSync(new URL(path, golden), "utf8"));
const npy = <D extends DType>(path: string, dtype: D): Extract<AnyTensor, { dtype: D }> => {
  const array = readNpy(fileURLToPath(new URL(path, golden)));
  if (array.dtype !== dtype) throw new TypeError(`${path} holds ${array.dtype}, not ${dtype}`);
  return array as Extract<AnyTensor, { dtype: D }>;
};

describe("11-point AP", () => {
  const expected = json("map11/expected.json") as { mean_ap_percent: number };
  const scores = npy("map11/scores.npy", "float32");
  const labels = npy("map11/labels.npy", "int32");

  it("a seeded bootstrap over images bounds it, the same for the same seed", () => {
    const bounded = (seed: number) =>
      meanAveragePrecision11(scores, labels, { random: new SeededRandom(seed), resamples: 100 }).interval!;
    expect(bounded(1)).toEqual(bounded(1));
    expect(bounded(1).lower).toBeLessThan(expected.mean_ap_percent + 2);
    expect(bounded(1).upper).toBeGreaterThan(expected.mean_ap_percent);
    expect(bounded(1).upper - bounded(1).lower).toBeLessThan(15);
  });
});
