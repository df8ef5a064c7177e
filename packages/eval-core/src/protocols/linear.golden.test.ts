/**
 * The goldens of golden/linear: the sweep at converged optima in float64, by scikit-learn (expected.json) and,
 * closer to the optimum, by SciPy alone (tight.json; tight.py says why there are both).
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { readNpy, type Tensor } from "../tensor/index.ts";
import { fitLinear } from "./linear.ts";
import type { LinearProgress, LinearRecord, LinearSplit } from "./linear-record.ts";

const file = (name: string) => fileURLToPath(new URL(`../../golden/linear/${name}`, import.meta.url));
const split = (name: string): LinearSplit => ({
  x: readNpy(file(`${name}_x.npy`)) as Tensor<"float32">,
  y: readNpy(file(`${name}_y.npy`)),
});

interface Expected {
  readonly classes: number;
  readonly sweep: readonly { weight_decay: number; objective: number; val_accuracy: number }[];
  readonly chosen_weight_decay: number;
  readonly test_accuracy: number;
  readonly test_mean_per_class: number;
}
const expected = JSON.parse(readFileSync(file("expected.json"), "utf8")) as Expected;

const tight = JSON.parse(readFileSync(file("tight.json"), "utf8")) as { sweep: number[]; refit: number };

describe("the converged sweep against scikit-learn's optima", () => {
  let record: LinearRecord;
  const progress: LinearProgress[] = [];
  const [train, val, test] = ["train", "val", "test"].map(split) as [LinearSplit, LinearSplit, LinearSplit];

  beforeAll(async () => {
    record = await fitLinear({
      train,
      val,
      test,
      classes: expected.classes,
      task: "multi-class",
      metric: "accuracy",
      device: "cpu",
      onProgress: (step) => progress.push(step),
    });
  }, 120_000);

  it("converges everywhere, and says so", () => {
    expect(record.warnings).toEqual([]);
    expect(record.sweep.map((point) => point.status)).toEqual(Array(45).fill("converged"));
    const refit = progress.filter((step) => step.phase === "refit" && step.iterations !== undefined);
    expect(refit.map((step) => step.iterations)).toEqual(
      Array.from({ length: record.refit.iterations }, (_, i) => i + 1),
    );
    expect(progress.filter((step) => step.phase === "sweep").map((step) => step.done)).toEqual(
      Array.from({ length: 45 }, (_, i) => i + 1),
    );
  });

  it.each(expected.sweep.map((point, i) => [point.weight_decay, i] as const))(
    "weight decay %d: objective to 1e-5, accuracy to one sample",
    (weightDecay, i) => {
      const point = record.sweep[i]!;
      const golden = expected.sweep[i]!;
      expect(point.weightDecay / weightDecay).toBeCloseTo(1, 12);
      expect(Math.abs(point.objective / tight.sweep[i]! - 1)).toBeLessThan(1e-7);
      expect(point.objective / golden.objective - 1).toBeLessThan(1e-5);
      expect(point.objective / golden.objective - 1).toBeGreaterThan(-1e-3); // how far above the optimum scikit-learn stopped
      const sample = 100 / val.x.shape[0]!;
      expect(Math.abs(point.validation - golden.val_accuracy)).toBeLessThanOrEqual(sample + 1e-9);
    },
  );

  it("chooses the same weight decay, and agrees on test", () => {
    expect(record.chosen).toBeCloseTo(expected.chosen_weight_decay, 9);
    expect(Math.abs(record.refit.objective / tight.refit - 1)).toBeLessThan(1e-9);
    expect(furthest("tight_test_logits", record)).toBeLessThan(1e-4);
    expect(furthest("test_logits", record)).toBeLessThan(5e-3); // scikit-learn's own distance from the optimum is 3.6e-3
    const { accuracy, "mean-per-class-accuracy": perClass } = record.test.allScores;
    expect(Math.abs(accuracy! - expected.test_accuracy)).toBeLessThanOrEqual(100 / 600 + 1e-9);
    expect(Math.abs(perClass! - expected.test_mean_per_class)).toBeLessThanOrEqual(100 / 600 + 1e-9);
    expect(record.test.interval!.lower).toBeLessThan(accuracy!);
    expect(record.test.interval!.upper).toBeGreaterThan(accuracy!);
  });
});

/** The largest difference of a logit. */
function furthest(name: string, record: LinearRecord): number {
  const golden = readNpy(file(`${name}.npy`)).data as Float32Array;
  return golden.reduce((worst, z, i) => Math.max(worst, Math.abs(z - record.testLogits.data[i]!)), 0);
}
