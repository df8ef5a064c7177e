/** Batch norm without affine at its optimum: features standardised by the rows that are fitted. */
import { type Affine, momentsOf } from "../../probe/affine.ts";
import type { Tensor } from "../../tensor/index.ts";

export const EPSILON = 1e-6;

/** (x - mean) / √(biased variance + 1e-6); a constant feature is exactly 0. */
export function standardisation({ data, shape }: Tensor<"float32">): Affine {
  const { mean, variance } = momentsOf(data, shape[1]!);
  return { mean, scale: variance.map((value) => (value === 0 ? 0 : 1 / Math.sqrt(value + EPSILON))) };
}
