/** What must hold of every metric whatever the data, small cases by hand, and bad input by name. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../tensor/random.ts";
import {
  accuracy,
  angularErrors,
  expectedCalibrationError,
  METRICS,
  meanAveragePrecision11,
  meanPerClassAccuracy,
  metricOf,
  negativeLogLikelihood,
  SegmentationMetric,
  topClasses,
  wilsonInterval,
} from "./index.ts";

const CLASSES = 4;
const classOf = fc.nat(CLASSES - 1);
const predictions = fc.array(fc.tuple(classOf, classOf), { minLength: 1, maxLength: 40 });
const columns = (pairs: readonly (readonly [number, number])[]) =>
  [pairs.map(([predicted]) => predicted), pairs.map(([, label]) => label)] as const;

describe("accuracies", () => {
  it("do not see the order of images or the names of classes; the interval holds the value", () => {
    fc.assert(
      fc.property(predictions, fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), (pairs, names) => {
        const renamed = pairs.map(([p, l]) => [names[p]!, names[l]!] as const).reverse();
        for (const score of [accuracy, meanPerClassAccuracy]) {
          const { value, interval, sampleSize } = score(...columns(pairs), CLASSES);
          expect(score(...columns(renamed), CLASSES).value).toBeCloseTo(value, 10);
          expect(interval!.lower).toBeLessThanOrEqual(value);
          expect(interval!.upper).toBeGreaterThanOrEqual(value);
          expect(interval!.lower).toBeGreaterThanOrEqual(0);
          expect(interval!.upper).toBeLessThanOrEqual(100);
          expect(sampleSize).toBe(pairs.length);
        }
      }),
    );
  });
  it("are one where every class has as many images", () => {
    const labels = [0, 0, 1, 1, 2, 2];
    const predicted = [0, 1, 1, 1, 0, 0];
    expect(meanPerClassAccuracy(predicted, labels, 3).value).toBe(accuracy(predicted, labels, 3).value);
  });
  it("a class without images is null and not in the mean", () => {
    const score = meanPerClassAccuracy([0, 1, 1], [0, 0, 1], 3);
    expect(score.value).toBe(75);
    expect(score.perClass[2]).toEqual({ value: null, images: 0 });
  });
  it("Wilson's interval: 8 of 10, and the ends", () => {
    // By hand: z = 1.959963984540054, centre 0.7167, half width 0.2266.
    expect(wilsonInterval(8, 10).lower).toBeCloseTo(49.0162, 3);
    expect(wilsonInterval(8, 10).upper).toBeCloseTo(94.3318, 3);
    expect(wilsonInterval(0, 5).lower).toBe(0);
    expect(wilsonInterval(5, 5).upper).toBe(100);
    expect(wilsonInterval(5, 5).lower).toBeLessThan(60);
    expect(() => wilsonInterval(3, 2)).toThrow("no share of 3 in 2");
  });
  it("Wilson's interval covers a known share as often as it says", () => {
    const random = new SeededRandom(2);
    let covered = 0;
    for (let trial = 0; trial < 2000; trial++) {
      let hits = 0;
      for (let i = 0; i < 50; i++) if (random.uniform() < 0.8) hits++;
      const { lower, upper } = wilsonInterval(hits, 50);
      if (lower <= 80 && 80 <= upper) covered++;
    }
    // 2,000 trials: 95% within 1.5, four deviations, plus Wilson's own departure from its level at n = 50.
    expect(Math.abs(covered / 20 - 95)).toBeLessThan(3);
  });
  it("the first of equal scores wins", () => {
    expect([...topClasses({ shape: [2, 3], data: Float32Array.of(1, 1, 0, 0, 2, 2) })]).toEqual([0, 1]);
  });
  it("bad input gets one sentence", () => {
    expect(() => accuracy([], [], 3)).toThrow("the split is empty");
    expect(() => accuracy([0], [3], 3)).toThrow("labels[0] is 3: expected a class from 0 to 2");
    expect(() => accuracy([0], [0.5], 3)).toThrow("labels[0] is 0.5");
    expect(() => accuracy([0, 1], [0], 3)).toThrow("1 for 2");
    expect(() => topClasses({ shape: [1, 2], data: Float32Array.of(0, Number.NaN) })).toThrow(
      "row 0, column 1",
    );
    expect(() => topClasses({ shape: [0, 2], data: new Float32Array() })).toThrow("found [0,2]");
  });
});

describe("11-point AP", () => {
  const shape = [4, 1];
  const score = (data: number[], labels: number[]) =>
    meanAveragePrecision11({ shape, data: Float64Array.from(data) }, { shape, data: labels }).value;

  it("by hand: positives first, last, and all tied", () => {
    expect(score([4, 3, 2, 1], [1, 1, 0, 0])).toBeCloseTo(100, 10);
    // Precision 1/3 at recall 1/2, 1/2 at recall 1, and 1 at recall 0: (1 + 10 / 2) / 11.
    expect(score([4, 3, 2, 1], [0, 0, 1, 1])).toBeCloseTo(600 / 11, 10);
    expect(score([1, 1, 1, 1], [0, 0, 1, 1])).toBeCloseTo(600 / 11, 10);
  });
  it("ignores increasing transforms and the order of images", () => {
    const table = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.nat(1)), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(table, (rows) => {
        fc.pre(rows.some(([, label]) => label === 1));
        const ap = (list: typeof rows, of = (s: number) => s) => {
          const shape = [list.length, 1];
          const data = Float64Array.from(list, ([s]) => of(s));
          return meanAveragePrecision11({ shape, data }, { shape, data: list.map(([, label]) => label) })
            .value;
        };
        expect(ap(rows.toReversed())).toBeCloseTo(ap(rows), 10);
        expect(ap(rows, Math.exp)).toBeCloseTo(ap(rows), 10);
        expect(ap(rows)).toBeGreaterThan(0);
        expect(ap(rows)).toBeLessThanOrEqual(100 + 1e-9);
      }),
    );
  });
  it("a class that no image shows is null and not in the mean; no class at all is refused", () => {
    const two = [2, 2];
    const scores = { shape: two, data: Float64Array.of(2, 0, 1, 1) };
    expect(meanAveragePrecision11(scores, { shape: two, data: [1, 0, 0, 0] })).toMatchObject({
      perClass: [1, null],
    });
    expect(() => meanAveragePrecision11(scores, { shape: two, data: [0, 0, 0, 0] })).toThrow(
      "No image shows any",
    );
    expect(() => meanAveragePrecision11(scores, { shape: two, data: [1, 0, 0, 2] })).toThrow(
      "found 2 at row 1, class 1",
    );
    expect(() => meanAveragePrecision11(scores, { shape: [4], data: [1, 0, 0, 0] })).toThrow("must be [2,2]");
  });
});

describe("calibration error", () => {
  /** Two classes with the given probability of class 0. */
  const logitsOf = (probabilities: number[]) => ({
    shape: [probabilities.length, 2],
    data: Float64Array.from(probabilities.flatMap((p) => [Math.log(p / (1 - p)), 0])),
  });
  it("is 0 for honest probabilities and the gap for overconfident ones", () => {
    const honest = logitsOf([0.75, 0.75, 0.75, 0.75]);
    expect(expectedCalibrationError(honest, [0, 0, 0, 1]).value).toBeCloseTo(0, 10);
    expect(expectedCalibrationError(honest, [1, 1, 1, 1]).value).toBeCloseTo(75, 10);
  });
  it("a probability on an edge belongs to the bin below it", () => {
    const { bins } = expectedCalibrationError(logitsOf([0.5, 0.75]), [0, 0], { bins: 4 });
    expect(bins.map((bin) => bin.count)).toEqual([0, 1, 1, 0]);
  });
  it("does not see a constant added to a row, nor huge logits", () => {
    const rows = { shape: [2, 3], data: Float64Array.of(1, 2, 4, 3, 1, 0) };
    const shifted = { shape: [2, 3], data: rows.data.map((z, i) => z + (i < 3 ? 64 : -512)) };
    expect(expectedCalibrationError(shifted, [2, 1])).toEqual(expectedCalibrationError(rows, [2, 1]));
    expect(negativeLogLikelihood(shifted, [2, 1])).toBeCloseTo(negativeLogLikelihood(rows, [2, 1]), 12);
    const huge = { shape: [1, 2], data: Float64Array.of(1e5, -1e5) };
    expect(negativeLogLikelihood(huge, [1])).toBe(2e5);
    expect(expectedCalibrationError(huge, [1]).value).toBe(100);
  });
});

describe("dense scores", () => {
  it("segmentation by hand, with a class that never occurs", () => {
    const metric = new SegmentationMetric(3, 255);
    metric.add([0, 0, 1, 1], [0, 1, 1, 255]);
    expect(metric.score()).toEqual({
      iouPerClass: [0.5, 0.5, null],
      meanIou: 0.5,
      pixelAccuracy: 200 / 3,
      labelledPixels: 3,
    });
    expect(() => metric.add([3], [0])).toThrow("Pixel 0 is predicted 3");
    expect(() => metric.add([0], [9])).toThrow("Pixel 0 is labelled 9");
    expect(() => metric.add([0.5], [0])).toThrow("Pixel 0 is predicted 0.5");
    expect(() => metric.add([0], [])).toThrow("1 for 0");
    expect(() => new SegmentationMetric(3, 255).score()).toThrow("nothing to score");
  });
  it("angles by hand; length does not matter; a threshold itself is not within", () => {
    const score = angularErrors([1, 0, 0, 0, 5, 0, -1, 0, 0], [2, 0, 0, 1, 0, 0, 1, 0, 0], [1, 1, 1]);
    expect([score.meanError, score.medianError, score.validPixels]).toEqual([90, 90, 3]);
    expect(score.within.map(({ percent }) => percent)).toEqual([100 / 3, 100 / 3, 100 / 3]);
    // A thousandth of a degree, where acos of the cosine would keep six digits.
    const small = (0.001 * Math.PI) / 180;
    expect(angularErrors([Math.cos(small), Math.sin(small), 0], [1, 0, 0], [1]).meanError).toBeCloseTo(
      0.001,
      15,
    );
  });
  it("names a pixel without direction, and an empty mask", () => {
    expect(() => angularErrors([0, 0, 0], [1, 0, 0], [1])).toThrow("Valid pixel 0 has no direction");
    expect(() => angularErrors([Number.NaN, 0, 0], [1, 0, 0], [1])).toThrow("has no direction");
    expect(() => angularErrors([1, 0, 0], [1, 0, 0], [0])).toThrow("No pixel is valid");
    expect(() => angularErrors([1, 0], [1, 0, 0], [1])).toThrow("found 2 predicted");
  });
});

it("the table of metrics: unique slugs, bounds in order, unknown names listed", () => {
  expect(new Set(METRICS.map(({ slug }) => slug)).size).toBe(METRICS.length);
  for (const { lower, upper } of METRICS) expect(lower).toBeLessThan(upper ?? Number.POSITIVE_INFINITY);
  expect(metricOf("mean-iou").unit).toBe("fraction");
  expect(() => metricOf("f1")).toThrow("'f1' is not a metric: one of top1, accuracy");
});
