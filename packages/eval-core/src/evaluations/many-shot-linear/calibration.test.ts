/** Calibration against golden/linear (within 0.05, as its makers state), and its edges by name. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fitTemperature } from "../../metrics/index.ts";
import { readNpy, SeededRandom } from "../../tensor/index.ts";
import { fingerprint } from "../fingerprint.ts";
import { CALIBRATION_LINEAR, calibrateLinear } from "./calibration.ts";

const path = (name: string) => fileURLToPath(new URL(`../../../golden/linear/${name}`, import.meta.url));
const expected = JSON.parse(readFileSync(path("expected.json"), "utf8")) as {
  ece_15_bins: number;
  ece_after_temperature_5_fold: number;
  temperature_on_all_test: number;
};
const logits = readNpy(path("test_logits.npy"));
const labels = readNpy(path("test_y.npy"));
const order = readNpy(path("fold_order.npy"));
if (logits.dtype !== "float32" || labels.dtype !== "int32" || order.dtype !== "int32") {
  throw new TypeError("the golden's types have changed");
}

describe("the golden's test logits", () => {
  const record = calibrateLinear({ logits, labels: labels.data, order: order.data });

  it("errors before and after 5-fold temperature scaling", () => {
    expect(Math.abs(record.ece - expected.ece_15_bins)).toBeLessThan(1e-4);
    expect(Math.abs(record.eceScaled - expected.ece_after_temperature_5_fold)).toBeLessThan(0.05);
    expect(fitTemperature(logits, labels.data).temperature).toBeCloseTo(expected.temperature_on_all_test, 4);
  });
  it("the diagrams add up to the errors", () => {
    const total = record.bins.reduce((sum, bin) => sum + bin.count, 0);
    expect(total).toBe(600);
    const error = record.bins.reduce(
      (sum, { count, accuracy, confidence }) => sum + count * Math.abs((accuracy ?? 0) - (confidence ?? 0)),
      0,
    );
    expect((100 * error) / total).toBeCloseTo(record.ece, 10);
    // Each image is scored by the four folds that it is not in.
    expect(record.binsScaled.reduce((sum, bin) => sum + bin.count, 0)).toBe(4 * 600);
  });
  it("scaling can only help the likelihood it minimises", () => {
    expect(record.negativeLogLikelihoodScaled).toBeLessThan(record.negativeLogLikelihood);
    expect(record.folds.map((fold) => [fold.fittedOn, fold.scoredOn])).toEqual(Array(5).fill([120, 480]));
    expect(record.folds.every((fold) => fold.at === "interior")).toBe(true);
  });
  it("a seed gives one record; the order matters little", () => {
    const seeded = calibrateLinear({ logits, labels: labels.data, seed: 3 });
    expect(calibrateLinear({ logits, labels: labels.data, seed: 3 })).toEqual(seeded);
    expect(seeded.seed).toBe(3);
    expect(seeded.ece).toBe(record.ece);
    expect(Math.abs(seeded.eceScaled - record.eceScaled)).toBeLessThan(1);
  });
});

describe("fitTemperature", () => {
  it("undoes a temperature: logits t times as large want a temperature t times as high", () => {
    const base = fitTemperature(logits, labels.data).temperature;
    for (const t of [0.01, 0.5, 7, 100]) {
      const scaled = { shape: logits.shape, data: Float64Array.from(logits.data, (z) => t * z) };
      expect(fitTemperature(scaled, labels.data).temperature / (t * base)).toBeCloseTo(1, 8);
    }
  });
  it("goes to an end of its range where the likelihood has no maximum", () => {
    const shape = [4, 2];
    const data = Float64Array.of(2, 0, 0, 2, 3, 0, 0, 1);
    expect(fitTemperature({ shape, data }, [0, 1, 0, 1])).toMatchObject({ at: "lowest", temperature: 1e-3 });
    expect(fitTemperature({ shape, data }, [1, 0, 1, 0])).toMatchObject({ at: "highest", temperature: 1e3 });
  });
  it("finds 1 where labels are drawn from the softmax itself", () => {
    const random = new SeededRandom(5);
    const data = Float64Array.from({ length: 60_000 }, () => random.normal(0, 2));
    const drawn = Array.from({ length: 20_000 }, (_, i) => {
      const [a, b, c] = [0, 1, 2].map((k) => Math.exp(data[3 * i + k]!)) as [number, number, number];
      const draw = random.uniform(0, a + b + c);
      return draw < a ? 0 : draw < a + b ? 1 : 2;
    });
    expect(fitTemperature({ shape: [20_000, 3], data }, drawn).temperature).toBeCloseTo(1, 1);
  });
});

it("bad input gets one sentence", () => {
  const four = { shape: [4, 2], data: new Float64Array(8) };
  expect(() => calibrateLinear({ logits: four, labels: [0, 1, 0, 1] })).toThrow(
    "needs at least 5 images: found 4",
  );
  expect(() => calibrateLinear({ logits: four, labels: [0, 1, 0, 2] })).toThrow("labels[3] is 2");
  expect(() => calibrateLinear({ logits: four, labels: [0] })).toThrow("1 for 4");
  const five = { shape: [5, 2], data: new Float64Array(10) };
  const labels5 = [0, 1, 0, 1, 0];
  expect(() => calibrateLinear({ logits: five, labels: labels5, order: [0, 1, 2, 3, 3] })).toThrow(
    "found 3 at 4",
  );
  expect(() => calibrateLinear({ logits: five, labels: labels5, order: [0, 1] })).toThrow(
    "all 5 images: found 2",
  );
  five.data[7] = Number.NaN;
  expect(() => calibrateLinear({ logits: five, labels: labels5 })).toThrow("found NaN at row 3, column 1");
  expect(fingerprint(CALIBRATION_LINEAR)).toMatch(/^[0-9a-f]{64}$/);
});
