/** Means and sums of squares, computed so that a large common offset or scale costs no digits. */

import { type Numbers, requireFinite, StatisticsError } from "./input.ts";

/** The arithmetic mean; NaN of nothing. */
export function mean(values: Numbers): number {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const first = sum / n;
  // A second pass over the deviations removes the rounding of the first; an overflowed sum has none to give.
  let rest = 0;
  for (let i = 0; i < n; i++) rest += values[i]! - first;
  return Number.isFinite(rest) ? first + rest / n : first;
}

/** Whether fewer than two distinct values occur. */
export function isConstant(values: Numbers): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

/** The standard deviation, with divisor n (population) or n - 1 (sample). */
export function standardDeviation(values: Numbers, kind: "population" | "sample"): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2;
  return Math.sqrt(sum / (kind === "population" ? values.length : values.length - 1));
}

/**
 * The q-quantile, q in [0, 1], by linear interpolation between order statistics (NumPy's default, type 7).
 * @throws StatisticsError on an empty or non-finite column, or q outside [0, 1].
 */
export function quantile(values: Numbers, q: number): number {
  if (values.length === 0) throw new StatisticsError("A quantile needs at least one value: found none.");
  if (!(q >= 0 && q <= 1)) throw new StatisticsError(`q must lie in 0 to 1: found ${q}.`);
  requireFinite(values, "values");
  return quantileOfSorted(Float64Array.from(values).sort(), q);
}

/** `quantile` of a column that is already in ascending order, unchecked. */
export function quantileOfSorted(sorted: Numbers, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

/** A closed range that holds the true value with the stated confidence. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}
