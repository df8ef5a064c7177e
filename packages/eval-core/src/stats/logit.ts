/** The paper's transform of a metric bounded on both sides. */

import { StatisticsError } from "./input.ts";

/** ln(p / (1 - p)): -Infinity at 0, Infinity at 1, NaN outside [0, 1]. */
export function logit(p: number): number {
  return Math.log(p / (1 - p));
}

/** 1 / (1 + e^-x): undoes `logit`. */
export function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

export type Transformed =
  | { readonly value: number; readonly reason?: never }
  | { readonly value: null; readonly reason: string };

/**
 * The logit of a value within its metric's bounds (0 to 100 for percent): logit((value - lower) / (upper - lower)).
 * A value on a bound would be infinite: it is left out, with the reason, and never silently moved inside.
 * @throws StatisticsError when the bounds are not two finite numbers in order.
 */
export function logitWithin(value: number, lower: number, upper: number): Transformed {
  if (!(Number.isFinite(lower) && Number.isFinite(upper) && lower < upper)) {
    throw new StatisticsError(`A logit needs two finite bounds in order: found ${lower} to ${upper}.`);
  }
  if (Number.isNaN(value)) return { value: null, reason: "The value is not a number." };
  if (value < lower || value > upper) {
    return { value: null, reason: `${value} lies outside its bounds ${lower} to ${upper}.` };
  }
  // On a bound, or so near that the ratio is no double.
  const transformed = Math.log((value - lower) / (upper - value));
  if (!Number.isFinite(transformed)) {
    return { value: null, reason: `The logit of ${value} within ${lower} to ${upper} is infinite.` };
  }
  return { value: transformed };
}
