/** A claimed value beside the one that our own run measured, and whether they agree. */
import type { Metric } from "../catalogue/entities.ts";
import type { Entry } from "./entries.ts";

export const REPRODUCTION_STATES = ["AGREES", "DIFFERS", "OTHER_PROTOCOL"] as const;
export type ReproductionState = (typeof REPRODUCTION_STATES)[number];

/**
 * With intervals: whether they overlap (a value without one is a point). With none: whether both show the same digits.
 * Under different protocols no agreement is to be expected, and none is claimed.
 */
export function compareToClaim(claim: Entry, reproduction: Entry, { digits }: Metric): ReproductionState {
  if (claim.fingerprint !== reproduction.fingerprint) return "OTHER_PROTOCOL";
  const [a, b] = [rangeOf(claim), rangeOf(reproduction)];
  if (a.lower === a.upper && b.lower === b.upper) {
    return claim.value.toFixed(digits) === reproduction.value.toFixed(digits) ? "AGREES" : "DIFFERS";
  }
  return a.lower <= b.upper && b.lower <= a.upper ? "AGREES" : "DIFFERS";
}

const rangeOf = ({ value, lower, upper }: Entry) => ({ lower: lower ?? value, upper: upper ?? value });
