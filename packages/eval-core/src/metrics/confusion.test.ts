/** The greatest assignment against all permutations, and the mean IoUs of a small matrix by hand. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { ConfusionMatrix, greatestAssignment, MetricError } from "./index.ts";

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}

it("the assignment has the greatest total of all", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.infiniteStream(fc.double({ min: -2, max: 2, noNaN: true })),
      (n, stream) => {
        const values = Float64Array.from(stream.take(n * n));
        const total = (columns: ArrayLike<number>) =>
          Array.from({ length: n }, (_, r) => values[r * n + columns[r]!]!).reduce((sum, v) => sum + v, 0);
        const found = greatestAssignment(values, n);
        expect([...found].sort()).toEqual(Array.from({ length: n }, (_, i) => i));
        const best = Math.max(...permutations(n).map(total));
        expect(total(found)).toBeCloseTo(best, 12);
      },
    ),
    { numRuns: 100 },
  );
});

it("mean IoU with absent classes left out and as 0; matching renames predictions", () => {
  const matrix = new ConfusionMatrix(3, 255);
  matrix.add([1, 1, 0, 0, 0], [0, 0, 1, 1, 255]);
  expect(matrix.score()).toEqual({ iou: [0, 0, null], meanIou: 0, meanIouAbsentZero: 0 });
  expect(matrix.pixelAccuracy).toBe(0);
  const matched = matrix.score(matrix.matching());
  expect(matched.meanIou).toBe(1);
  expect(matched.meanIouAbsentZero).toBeCloseTo(2 / 3, 15);
  expect(() => matrix.add([3], [0])).toThrow(MetricError);
  expect(() => new ConfusionMatrix(2, null).score()).toThrow("No labelled pixel");
});
