/** The correlation of x and y once what both share with a third variable is taken out. */

import {
  type Coefficient,
  type CorrelateOptions,
  type Correlation,
  definitionOf,
  whyUndefined,
} from "./correlate.ts";
import { isConstant } from "./describe.ts";
import { type Numbers, requireLevel, requirePairs, StatisticsError } from "./input.ts";
import { fisherInterval, spearmanInterval } from "./intervals.ts";
import { kendallCoefficient } from "./kendall.ts";
import { correlationPValue, pearsonCoefficient } from "./pearson.ts";
import { averageRanks } from "./ranks.ts";

export interface PartialOptions extends CorrelateOptions {
  /** The variable held constant, one value a pair. */
  readonly given: Numbers;
}

export type PartialCorrelation = Omit<Correlation, "regression">;

/** Closer to 1 than this, the control explains a column up to rounding and nothing is left to correlate. */
const ALL_EXPLAINED = 1 - 1e-12;

const coefficients: Readonly<Record<Coefficient, (x: Numbers, y: Numbers) => number>> = {
  PEARSON: pearsonCoefficient,
  SPEARMAN: (x, y) => pearsonCoefficient(averageRanks(x), averageRanks(y)),
  KENDALL: kendallCoefficient,
};

/**
 * r(xy.z) = (r(xy) - r(xz) r(yz)) / √((1 - r(xz)²) (1 - r(yz)²)) of the chosen coefficient. Pearson's and
 * Spearman's p-value has n - 3 degrees of freedom and their interval that of n - 1 points: one is spent on z.
 * Kendall's partial tau has no known null distribution: p-value and interval are null. A constant z takes out
 * nothing, and there is no correlation with it to take: null, with the reason.
 * @throws StatisticsError as `correlate` does.
 */
export function partialCorrelation(options: PartialOptions): PartialCorrelation {
  const { x, y, given, coefficient = "PEARSON", level = 0.95 } = options;
  definitionOf(coefficient);
  requireLevel(level);
  requirePairs(x, y);
  if (given.length !== x.length) {
    throw new StatisticsError(
      `given has ${given.length} values for ${x.length} pairs: one a pair is needed.`,
    );
  }
  requirePairs(x, given);
  const n = x.length;
  const none = (reason: string): PartialCorrelation => ({
    n,
    coefficient: null,
    pValue: null,
    interval: null,
    reason,
  });
  const reason = whyUndefined(x, y);
  if (reason) return none(reason);
  if (n < 4) return none(`A partial correlation needs at least 4 points: found ${n}.`);
  if (isConstant(given)) return none(`All ${n} values of the variable held constant are equal.`);

  const of = coefficients[coefficient];
  const xz = of(x, given);
  const yz = of(y, given);
  for (const [name, r] of Object.entries({ x: xz, y: yz })) {
    if (Math.abs(r) > ALL_EXPLAINED) return none(`The variable held constant determines ${name} entirely.`);
  }
  const raw = (of(x, y) - xz * yz) / Math.sqrt((1 - xz * xz) * (1 - yz * yz));
  const r = Math.max(-1, Math.min(1, raw));
  if (coefficient === "KENDALL") return { n, coefficient: r, pValue: null, interval: null };
  const interval = coefficient === "PEARSON" ? fisherInterval : spearmanInterval;
  return { n, coefficient: r, pValue: correlationPValue(r, n - 3), interval: interval(r, n - 1, level) };
}
