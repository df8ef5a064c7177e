/** The smallest difference that a dataset's test images can show. */
import { Z_95 } from "../../metrics/accuracy.ts";
import { quantile } from "../../stats/describe.ts";

/** The 80% point of the standard normal distribution: power. */
const Z_80 = 0.8416212335729143;

/**
 * (z + z80) times the median standard error of the pairs that are neighbours in rank: found with 80% power at a
 * level of 0.05. In the metric's unit. Undefined without a pair.
 */
export function resolution(neighbourStandardErrors: readonly number[]): number | undefined {
  if (neighbourStandardErrors.length === 0) return undefined;
  return (Z_95 + Z_80) * quantile(neighbourStandardErrors, 0.5);
}
