/** All checks of plausibility over what one method offers, against a ledger that does not hold that method. */
import { checkCopies, checkDigits, checkRepeats } from "./copies.ts";
import { findingList, type PlausibilityFinding } from "./finding.ts";
import { checkGroup, checkMeansOfParts, checkShots, groupsOf } from "./identities.ts";
import type { Facts, OfferedValue } from "./input.ts";
import type { PlausibilityLedger } from "./ledger.ts";
import { checkOneValue, checkRepeatedIntervals, type Unusable } from "./one-value.ts";
import { checkOutliers } from "./outliers.ts";

export interface Offer {
  /** The method's slug: nothing is compared with its own values. */
  readonly method: string;
  readonly values: readonly OfferedValue[];
}

/** Findings in a fixed order: single values, identities, copies and patterns, forecasts. */
export function checkPlausibility(
  { method, values }: Offer,
  ledger: PlausibilityLedger,
  facts: Facts,
): PlausibilityFinding[] {
  const { findings, say } = findingList();
  const unusable: Unusable = { wrong: new Set(), perfect: new Set() };
  for (const [index, value] of values.entries()) checkOneValue(value, index, ledger, facts, say, unusable);
  checkRepeatedIntervals(values, say);
  const groups = groupsOf(values, unusable.wrong);
  for (const group of groups) checkGroup(group, facts, say);
  checkMeansOfParts(groups, say);
  checkShots(groups, values, say);
  checkCopies(method, values, ledger, say);
  checkRepeats(values, facts, say);
  checkDigits(values, facts, say);
  checkOutliers(values, new Set([...unusable.wrong, ...unusable.perfect]), ledger, facts, say);
  return findings;
}
