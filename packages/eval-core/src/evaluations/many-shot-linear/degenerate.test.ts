/**
 * Features that leave directions empty: fewer samples than features, where validation samples reach out of the space
 * of train; columns of zeros and doubled columns. Each fit must end at its optimum, which it vouches for itself:
 * the objective is convex with modulus weight decay, so it is within |gradient|^2 / (2 decay) of its minimum.
 */
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../tensor/index.ts";
import { fitLinear } from "./evaluate.ts";
import type { LinearSplit, Refit } from "./record.ts";

const CLASSES = 6;

function makeSplits(sizes: readonly number[], features: number, spoil: (row: Float32Array) => void) {
  const random = new SeededRandom(7);
  const centres = Array.from({ length: CLASSES }, () =>
    Float64Array.from({ length: features }, () => 0.5 * random.normal()),
  );
  return sizes.map((size): LinearSplit => {
    const labels = Int32Array.from({ length: size }, (_, i) => i % CLASSES);
    const data = new Float32Array(size * features);
    labels.forEach((label, i) => {
      const row = data.subarray(i * features, (i + 1) * features);
      for (let j = 0; j < features; j++) row[j] = Math.max(0, centres[label]![j]! + random.normal());
      spoil(row);
    });
    return {
      x: { dtype: "float32", shape: [size, features], data },
      y: { dtype: "int32", shape: [size], data: labels },
    };
  });
}

function largestGap({ gradientNorm }: Refit, weightDecay: number, parameters: number): number {
  return (parameters * gradientNorm ** 2) / (2 * weightDecay);
}

describe("every fit ends at its optimum", () => {
  it.each([
    ["one sample a class", [6, 12, 30], 300, () => {}],
    ["fewer samples than features", [40, 20, 50], 512, () => {}],
    [
      "zeros and doubles among the columns",
      [300, 100, 60],
      80,
      (row: Float32Array) => {
        for (let j = 0; j < row.length; j += 3) row[j] = 0;
        row[1] = 7;
        row[4] = row[5]!;
      },
    ],
  ] as const)("%s", async (_, sizes, features, spoil) => {
    const [train, val, test] = makeSplits(sizes, features, spoil) as [LinearSplit, LinearSplit, LinearSplit];
    const found = await fitLinear({
      train,
      val,
      test,
      classes: CLASSES,
      task: "multi-class",
      metric: "accuracy",
      device: "cpu",
    });
    expect(found.warnings).toEqual([]);
    const parameters = (features + 1) * CLASSES;
    for (const point of [...found.sweep, { ...found.refit, weightDecay: found.chosen }]) {
      expect(point.status).toBe("converged");
      expect(largestGap(point, point.weightDecay, parameters)).toBeLessThan(1e-5 * point.objective);
    }
  });
});
