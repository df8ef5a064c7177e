/** Comparing .npy files. */
import { readNpy } from "@transferboard/eval-core/tensor";
import { expect } from "vitest";

/** The largest absolute difference, over the largest absolute value of `wanted` when `relative`. */
export function worstDifference(found: string, wanted: string, { relative = false } = {}): number {
  const [a, b] = [readNpy(found), readNpy(wanted)];
  expect(a.shape).toEqual(b.shape);
  let worst = 0;
  let scale = 0;
  for (let i = 0; i < b.data.length; i++) {
    worst = Math.max(worst, Math.abs(Number(a.data[i]) - Number(b.data[i])));
    scale = Math.max(scale, Math.abs(Number(b.data[i])));
  }
  return relative ? worst / scale : worst;
}
