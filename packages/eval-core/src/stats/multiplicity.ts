/** p-values where many are looked at together. */
import { binomialHalfCdf } from "./distributions.ts";

/**
 * Holm's step-down adjustment (1979): the chance of even one false finding among all stays below the level, whatever
 * depends on what. NaN is no test and stays NaN.
 */
export function holm(pValues: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: pValues.length }, (_, i) => i)
    .filter((i) => !Number.isNaN(pValues[i]!))
    .sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Float64Array(pValues.length).fill(Number.NaN);
  let least = 0;
  for (const [place, i] of order.entries()) {
    least = Math.max(least, Math.min(1, (order.length - place) * pValues[i]!));
    adjusted[i] = least;
  }
  return adjusted;
}

/**
 * Benjamini and Hochberg (1995), for screening: the share of false findings among all found is held. NaN is no test and
 * stays NaN.
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  const descending = Array.from({ length: pValues.length }, (_, i) => i)
    .filter((i) => !Number.isNaN(pValues[i]!))
    .sort((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = new Float64Array(pValues.length).fill(Number.NaN);
  const tests = descending.length;
  let least = 1;
  for (const [place, i] of descending.entries()) {
    least = Math.min(least, (tests / (tests - place)) * pValues[i]!);
    adjusted[i] = least;
  }
  return adjusted;
}

/** Two-sided sign test of `wins` against `losses`, ties left out: the binomial chance of a split at least as uneven. */
export function signTest(wins: number, losses: number): number {
  return Math.min(1, 2 * binomialHalfCdf(Math.min(wins, losses), wins + losses));
}
