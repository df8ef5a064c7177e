/**
 * Confidence intervals of correlation coefficients by Fisher's z: tanh(atanh r ± z · error).
 *
 * | coefficient | error of atanh r         | from                                                   |
 * |-------------|--------------------------|--------------------------------------------------------|
 * | Pearson     | 1 / √(n - 3)             | Fisher 1915; SciPy's                                   |
 * | Spearman    | √((1 + r²/2) / (n - 3))  | Bonett and Wright 2000: holds up at high correlations  |
 * | Kendall     | √(0.437 / (n - 4))       | Fieller, Hartley and Pearson 1957; best for |tau| < 0.8 |
 *
 * A coefficient of exactly 1 or -1 has an interval of no width; too few points for the error: null.
 */

import type { Interval } from "./describe.ts";
import { normalQuantile } from "./distributions.ts";
import { requireLevel, StatisticsError } from "./input.ts";

/** tanh(atanh r ± z · error). */
function backFromZ(r: number, error: number, level: number): Interval {
  requireLevel(level);
  if (!(r >= -1 && r <= 1)) throw new StatisticsError(`A correlation lies in -1 to 1: found ${r}.`);
  const centre = Math.atanh(r);
  const half = -normalQuantile((1 - level) / 2) * error;
  return { lower: Math.tanh(centre - half), upper: Math.tanh(centre + half) };
}

/**
 * Fisher's interval of Pearson's r over n pairs, null below 4 pairs.
 * @throws StatisticsError when r is outside [-1, 1] or level outside (0, 1).
 */
export function fisherInterval(r: number, n: number, level = 0.95): Interval | null {
  return n > 3 ? backFromZ(r, 1 / Math.sqrt(n - 3), level) : null;
}

/** Bonett and Wright's interval of Spearman's rho over n pairs, null below 4 pairs. */
export function spearmanInterval(rho: number, n: number, level = 0.95): Interval | null {
  return n > 3 ? backFromZ(rho, Math.sqrt((1 + (rho * rho) / 2) / (n - 3)), level) : null;
}

/** Fieller's interval of Kendall's tau over n pairs, null below 5 pairs. */
export function kendallInterval(tau: number, n: number, level = 0.95): Interval | null {
  return n > 4 ? backFromZ(tau, Math.sqrt(0.437 / (n - 4)), level) : null;
}
