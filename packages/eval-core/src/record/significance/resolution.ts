/** The smallest difference that a dataset's test images can show. */
import { quantile } from "../../stats/describe.ts";
import { Z80, Z95 } from "../constants.ts";

/**
 * (z + z80) times the median standard error of the pairs that are neighbours in rank: found with 80% power at a
 * level of 0.05. In the metric's unit. Undefined without a pair.
 */
export function resolution(neighbourStandardErrors: readonly number[]): number | undefined {
  if (neighbourStandardErrors.length === 0) return undefined;
  return (Z95 + Z80) * quantile(neighbourStandardErrors, 0.5);
}
