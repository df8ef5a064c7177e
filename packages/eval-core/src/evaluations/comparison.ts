/** How far what was computed lies from a golden. */
import type { AnyTensor } from "../tensor/index.ts";

export interface Comparison {
  readonly what: string;
  readonly difference: number;
  readonly allowed: number;
}

export const numbers = (value: AnyTensor): ArrayLike<number> => value.data as ArrayLike<number>;

/** The largest absolute value. */
export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

/** The largest absolute difference; infinite where a value is missing or not a number. */
export function farthest(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < found.length; i++) {
    const difference = Math.abs(found[i]! - expected[i]!);
    most = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
  }
  return most;
}

/** The same, relative to the largest that was expected. */
export const relative = (found: ArrayLike<number>, expected: ArrayLike<number>): number =>
  farthest(found, expected) / largest(expected);
