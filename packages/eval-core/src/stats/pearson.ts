/** Pearson's r and Spearman's rho, with their two-sided p-values. */

import { isConstant, mean } from "./describe.ts";
import { type Numbers, requirePairs } from "./input.ts";
import { averageRanks } from "./ranks.ts";
import { incompleteBeta } from "./special.ts";

/** A coefficient and the probability of one at least as far from 0 were the columns independent. NaN: undefined. */
export interface Association {
  readonly coefficient: number;
  readonly pValue: number;
}

export const UNDEFINED: Association = { coefficient: Number.NaN, pValue: Number.NaN };

/** Deviations from the mean, divided by the largest of them, so that no square overflows or vanishes. */
function scaledDeviations(values: Numbers): Float64Array {
  const centre = mean(values);
  const deviations = Float64Array.from(values, (value) => value - centre);
  const largest = deviations.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return deviations.map((value) => value / largest);
}

/** r = Σ dx dy / √(Σ dx² Σ dy²), unchecked; NaN where a column has no variance. */
export function pearsonCoefficient(x: Numbers, y: Numbers): number {
  if (x.length < 2 || isConstant(x) || isConstant(y)) return Number.NaN;
  const dx = scaledDeviations(x);
  const dy = scaledDeviations(y);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < dx.length; i++) {
    xx += dx[i]! * dx[i]!;
    yy += dy[i]! * dy[i]!;
    xy += dx[i]! * dy[i]!;
  }
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

/**
 * The two-sided p-value of a correlation r with `degrees` degrees of freedom (n - 2, less one for each variable
 * held constant): t = r √(degrees / (1 - r²)) follows Student's t, so p = I_(1 - r²)(degrees/2, 1/2). With no
 * degree of freedom left any r is as likely as another: 1.
 */
export function correlationPValue(r: number, degrees: number): number {
  if (Number.isNaN(r)) return Number.NaN;
  if (degrees <= 0) return 1;
  return incompleteBeta((1 - r) * (1 + r), degrees / 2, 0.5, r * r);
}

/**
 * Pearson's product-moment correlation. NaN where either column is constant or fewer than two pairs are given.
 * @throws StatisticsError on columns of different lengths, NaN or infinity.
 */
export function pearson(x: Numbers, y: Numbers): Association {
  requirePairs(x, y);
  const coefficient = pearsonCoefficient(x, y);
  if (Number.isNaN(coefficient)) return UNDEFINED;
  return { coefficient, pValue: correlationPValue(coefficient, x.length - 2) };
}

/** Spearman's rank correlation: Pearson's of the average ranks. Its p-value is the t approximation, as in SciPy. */
export function spearman(x: Numbers, y: Numbers): Association {
  requirePairs(x, y);
  return pearson(averageRanks(x), averageRanks(y));
}
