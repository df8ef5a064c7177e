/**
 * Classes that have no training sample: the intercept is not penalised, so their logits would run away to
 * minus infinity. As in scikit-learn they are not fitted, and are never predicted.
 */
import type { LinearLabels } from "./loss.ts";

/** The logit of a class that was never seen: finite, so that softmax and temperature scaling stay defined. */
export const NEVER = -1e4;

/** The classes of these labels, ascending. */
export function presentClasses(labels: readonly LinearLabels[]): number[] {
  const present = new Set<number>();
  for (const part of labels) for (const label of part) present.add(label);
  return [...present].sort((a, b) => a - b);
}

/** Labels as indices into `present`. */
export function compacted(labels: LinearLabels, present: readonly number[]): Int32Array {
  const index = new Map(present.map((label, i) => [label, i]));
  return Int32Array.from(labels, (label) => index.get(label)!);
}

/** The columns of `from` at their places among the columns of `to`; what `from` lacks is `missing`. */
export function recolumned(
  values: Float64Array | Float32Array,
  from: readonly number[],
  to: readonly number[],
  missing: number,
): Float64Array {
  const rows = values.length / from.length;
  const result = new Float64Array(rows * to.length).fill(missing);
  const column = new Map(to.map((label, i) => [label, i]));
  from.forEach((label, k) => {
    const target = column.get(label);
    if (target === undefined) return;
    for (let row = 0; row < rows; row++) {
      result[row * to.length + target] = values[row * from.length + k]!;
    }
  });
  return result;
}

/** Labels one after the other. */
export function joined(parts: readonly LinearLabels[]): Int32Array {
  const labels = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    labels.set(part, at);
    at += part.length;
  }
  return labels;
}
