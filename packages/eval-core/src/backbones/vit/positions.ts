/**
 * Positions resized to another grid, by torch's bicubic on the map [rows, columns, D], each axis apart, in float64:
 * output cell i of m reads the n input cells by weights that depend on who wrote the network.
 *
 * `size`      c = (i + 1/2) n/m - 1/2, Keys' kernel with a = -0.75, index clamped at the border
 * `offset`    the same with n/(m + 0.1) for n/m: DINO, iBOT and DINOv2 without registers
 * `antialias` c = (i + 1/2) n/m, a = -0.5, the kernel as wide as the step where it shrinks, weights divided by their sum
 */
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import type { Interpolation } from "../choices.ts";

/** Keys (1981): (a+2)|x|^3 - (a+3)|x|^2 + 1 to 1, a|x|^3 - 5a|x|^2 + 8a|x| - 4a to 2, else 0. */
function keys(x: number, a: number): number {
  const t = Math.abs(x);
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
}

/** Row i: the weights of the n input cells for output cell i of m. */
export function resizeWeights(n: number, m: number, how: Interpolation): Float64Array[] {
  return Array.from({ length: m }, (_, i) => {
    const weights = new Float64Array(n);
    if (how === "antialias") {
      const step = Math.max(n / m, 1);
      const centre = (i + 0.5) * (n / m);
      const from = Math.max(Math.trunc(centre - 2 * step + 0.5), 0);
      const to = Math.min(Math.trunc(centre + 2 * step + 0.5), n);
      let sum = 0;
      for (let j = from; j < to; j++) {
        weights[j] = keys((j - centre + 0.5) / step, -0.5);
        sum += weights[j]!;
      }
      for (let j = from; j < to; j++) weights[j]! /= sum;
      return weights;
    }
    const scale = how === "offset" ? n / (m + 0.1) : n / m;
    const centre = (i + 0.5) * scale - 0.5;
    const first = Math.floor(centre) - 1;
    for (let j = first; j < first + 4; j++) {
      weights[Math.min(Math.max(j, 0), n - 1)]! += keys(centre - j, -0.75);
    }
    return weights;
  });
}

/**
 * @param positions [prefix + grid * grid, D]; the rows of prefix tokens are kept as they are
 * @returns [prefix + rows * columns, D]; the same where the grid is the stored one
 */
export function resizePositions(
  positions: Tensor<"float32">,
  {
    prefix,
    grid,
    to,
    how,
  }: { prefix: number; grid: number; to: readonly [number, number]; how: Interpolation },
): Tensor<"float32"> {
  const [rows, columns] = to;
  if (rows === grid && columns === grid) return positions;
  const d = positions.shape[1]!;
  const out = new Float32Array((prefix + rows * columns) * d);
  out.set(positions.data.subarray(0, prefix * d));
  const [down, across] = [resizeWeights(grid, rows, how), resizeWeights(grid, columns, how)];
  // First along the columns, kept in float64: [grid, columns, D].
  const half = new Float64Array(grid * columns * d);
  for (let r = 0; r < grid; r++) {
    for (let c = 0; c < columns; c++) {
      across[c]!.forEach((weight, j) => {
        if (weight === 0) return;
        const from = (prefix + r * grid + j) * d;
        for (let k = 0; k < d; k++) half[(r * columns + c) * d + k]! += weight * positions.data[from + k]!;
      });
    }
  }
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const sums = new Float64Array(d);
      down[r]!.forEach((weight, j) => {
        if (weight === 0) return;
        for (let k = 0; k < d; k++) sums[k]! += weight * half[(j * columns + c) * d + k]!;
      });
      out.set(sums, (prefix + r * columns + c) * d);
    }
  }
  return tensor("float32", [prefix + rows * columns, d], out);
}
