/** The three ways of resizing; that they are torch's is held by the goldens of `transferboard conformance backbones`. */
import { describe, expect, it } from "vitest";
import { tensor } from "../../tensor/tensor.ts";
import { resizePositions, resizeWeights } from "./positions.ts";

const ways = ["size", "offset", "antialias"] as const;

describe.each(ways)("%s", (how) => {
  it("keeps what is constant: weights of each output cell sum to one", () => {
    for (const [n, m] of [
      [4, 7],
      [7, 4],
      [14, 16],
      [37, 16],
    ] as const) {
      for (const row of resizeWeights(n, m, how)) {
        expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      }
    }
  });

  it("leaves the stored grid and the prefix as they are", () => {
    const data = Float32Array.from({ length: 10 }, (_, i) => i);
    const positions = tensor("float32", [5, 2], data);
    expect(resizePositions(positions, { prefix: 1, grid: 2, to: [2, 2], how })).toBe(positions);
    const larger = resizePositions(positions, { prefix: 1, grid: 2, to: [3, 4], how });
    expect(larger.shape).toEqual([13, 2]);
    expect([...larger.data.subarray(0, 2)]).toEqual([0, 1]);
  });
});

it("rows are heights and columns widths", () => {
  const rising = tensor("float32", [4, 1], Float32Array.of(0, 0, 1, 1));
  const { data } = resizePositions(rising, { prefix: 0, grid: 2, to: [2, 3], how: "size" });
  expect([...data].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0, 0, 0, 1, 1, 1]);
});
