/**
 * Pyramid pooling (Zhao et al., 2017): averages of a feature map over 1, 2, 3 and 6 bins a side.
 *
 * Bin i of s along an axis of n covers floor(i n / s) to ceil((i + 1) n / s), as torch's adaptive average pool: a constant
 * matrix, so that the pool is one product and its gradient another.
 */
import { tensor } from "../tensor/tensor.ts";
import type { FeatureMap, Layers } from "./layers.ts";

export const POOL_SIDES = [1, 2, 3, 6] as const;

/** The average over each of `side` x `side` bins: [N, C, side, side]. */
export function adaptiveAveragePool({ g }: Layers, x: FeatureMap, side: number): FeatureMap {
  const { height, width } = x;
  const [rows, columns] = [bins(height, side), bins(width, side)];
  const positions = height * width;
  // Column (i, j) holds 1 / area at every position of bin (i, j).
  const data = new Float32Array(positions * side * side);
  rows.forEach(([top, bottom], i) => {
    columns.forEach(([left, right], j) => {
      const share = 1 / ((bottom - top) * (right - left));
      for (let y = top; y < bottom; y++) {
        for (let at = left; at < right; at++) data[(y * width + at) * side * side + i * side + j] = share;
      }
    });
  });
  const flat = g.op("Reshape", [x.value, g.ints([0, 0, positions])]);
  const matrix = g.constant(tensor("float32", [positions, side * side], data), "pool");
  const value = g.op("Reshape", [g.op("MatMul", [flat, matrix]), g.ints([0, 0, side, side])]);
  return { ...x, value, height: side, width: side };
}

function bins(size: number, count: number): [from: number, to: number][] {
  return Array.from({ length: count }, (_, i) => [
    Math.floor((i * size) / count),
    Math.ceil(((i + 1) * size) / count),
  ]);
}
