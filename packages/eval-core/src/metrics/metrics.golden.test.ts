/** Holds the metrics against golden/map11 and golden/dense (1e-6), made with scikit-learn and NumPy. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readNpy } from "../tensor/npy.ts";
import { SeededRandom } from "../tensor/random.ts";
import type { AnyTensor, DType } from "../tensor/tensor.ts";
import { angularErrors, meanAveragePrecision11, SegmentationMetric } from "./index.ts";

const golden = new URL("../../golden/", import.meta.url);
const json = (path: string) => JSON.parse(readFileSync(new URL(path, golden), "utf8"));
const npy = <D extends DType>(path: string, dtype: D): Extract<AnyTensor, { dtype: D }> => {
  const array = readNpy(fileURLToPath(new URL(path, golden)));
  if (array.dtype !== dtype) throw new TypeError(`${path} holds ${array.dtype}, not ${dtype}`);
  return array as Extract<AnyTensor, { dtype: D }>;
};

describe("11-point AP", () => {
  const expected = json("map11/expected.json") as { ap_per_class: number[]; mean_ap_percent: number };
  const scores = npy("map11/scores.npy", "float32");
  const labels = npy("map11/labels.npy", "int32");

  it("every class and the mean, ties included", () => {
    const { value, perClass, interval } = meanAveragePrecision11(scores, labels);
    for (const [c, ap] of expected.ap_per_class.entries()) expect(perClass[c]).toBeCloseTo(ap, 12);
    expect(value).toBeCloseTo(expected.mean_ap_percent, 10);
    expect(interval).toBeNull();
  });

  it("a seeded bootstrap over images bounds it, the same for the same seed", () => {
    const bounded = (seed: number) =>
      meanAveragePrecision11(scores, labels, { random: new SeededRandom(seed), resamples: 100 }).interval!;
    expect(bounded(1)).toEqual(bounded(1));
    expect(bounded(1).lower).toBeLessThan(expected.mean_ap_percent + 2);
    expect(bounded(1).upper).toBeGreaterThan(expected.mean_ap_percent);
    expect(bounded(1).upper - bounded(1).lower).toBeLessThan(15);
  });
});

describe("dense", () => {
  const expected = json("dense/expected.json") as {
    ignore_label: number;
    iou_per_class: number[];
    mean_iou: number;
    pixel_accuracy: number;
    normals: { mean: number; median: number; within: Record<string, number> };
  };

  it("mean IoU and pixel accuracy with an ignore label, image by image", () => {
    const predictions = npy("dense/predictions.npy", "uint8");
    const labels = npy("dense/labels.npy", "uint8");
    const metric = new SegmentationMetric(expected.iou_per_class.length, expected.ignore_label);
    const pixels = labels.shape[1]! * labels.shape[2]!;
    for (let start = 0; start < labels.data.length; start += pixels) {
      metric.add(
        predictions.data.subarray(start, start + pixels),
        labels.data.subarray(start, start + pixels),
      );
    }
    const score = metric.score();
    expect(score.meanIou).toBeCloseTo(expected.mean_iou, 12);
    expect(score.pixelAccuracy).toBeCloseTo(expected.pixel_accuracy, 10);
    for (const [c, iou] of expected.iou_per_class.entries())
      expect(score.iouPerClass[c]).toBeCloseTo(iou, 12);
  });

  it("angular errors over valid pixels", () => {
    const score = angularErrors(
      npy("dense/normals_predicted.npy", "float32").data,
      npy("dense/normals_true.npy", "float32").data,
      npy("dense/normals_valid.npy", "uint8").data,
    );
    expect(score.meanError).toBeCloseTo(expected.normals.mean, 6);
    expect(score.medianError).toBeCloseTo(expected.normals.median, 6);
    for (const { degrees, percent } of score.within) {
      expect(percent).toBeCloseTo(expected.normals.within[String(degrees)]!, 10);
    }
  });
});
