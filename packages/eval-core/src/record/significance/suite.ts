/** Two methods over a suite that is ranked by its mean: the mean of the datasets' differences. */
import { normalCdf } from "../../stats/distributions.ts";

export interface SuiteTest {
  /** Mean of the datasets' differences, in the metric's unit. */
  readonly difference: number;
  /** If neither is better. */
  readonly standardError: number;
  /** Two-sided, normal. */
  readonly p: number;
}

/** @throws RangeError without a dataset */
export function suiteTest(
  datasets: readonly { readonly difference: number; readonly standardError: number }[],
): SuiteTest {
  const count = datasets.length;
  if (count === 0) throw new RangeError("A suite needs at least one dataset.");
  const difference = datasets.reduce((sum, dataset) => sum + dataset.difference, 0) / count;
  const standardError =
    Math.sqrt(datasets.reduce((sum, dataset) => sum + dataset.standardError ** 2, 0)) / count;
  const p = standardError > 0 ? 2 * normalCdf(-Math.abs(difference) / standardError) : 1;
  return { difference, standardError, p };
}
