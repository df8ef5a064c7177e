/**
 * How well one variable predicts another on a case that the line has not seen: the leave-one-out error of the
 * least-squares line, against that of the plain mean.
 *
 * Left out, case i is missed by e_i / (1 - h_i), where e_i is its residual and h_i = 1/n + (x_i - x̄)² / Σ(x - x̄)² its
 * leverage; by the mean alone, by (y_i - ȳ) n / (n - 1). No line is fitted twice.
 */
import { isConstant, mean } from "./describe.ts";
import { type Numbers, requirePairs } from "./input.ts";
import { linearRegression } from "./regression.ts";

export interface Predictive {
  /** Root mean square of what each case is missed by, left out, in y's unit. */
  readonly error: number;
  /** The same of the mean alone: what a variable that says nothing would give. */
  readonly baseline: number;
  /** 1 - (error / baseline)²: 1 is exact, 0 no better than the mean, below 0 worse. */
  readonly skill: number;
  /** What each case is missed by, squared. */
  readonly squares: Float64Array;
}

/**
 * Null with fewer than 4 cases, where a variable does not vary, or where one case alone decides the line.
 * @throws StatisticsError on lists of different lengths or numbers that are not finite.
 */
export function leaveOneOut(x: Numbers, y: Numbers): Predictive | null {
  requirePairs(x, y);
  const n = x.length;
  if (n < 4 || isConstant(x) || isConstant(y)) return null;
  const line = linearRegression(x, y);
  if (!line) return null;
  const [centreX, centreY] = [mean(x), mean(y)];
  let spread = 0;
  for (let i = 0; i < n; i++) spread += (x[i]! - centreX) ** 2;
  const squares = new Float64Array(n);
  let missed = 0;
  let plain = 0;
  for (let i = 0; i < n; i++) {
    const leverage = 1 / n + (x[i]! - centreX) ** 2 / spread;
    if (leverage > 1 - 1e-9) return null;
    const residual = y[i]! - line.slope * x[i]! - line.intercept;
    squares[i] = (residual / (1 - leverage)) ** 2;
    missed += squares[i]!;
    plain += (((y[i]! - centreY) * n) / (n - 1)) ** 2;
  }
  return {
    error: Math.sqrt(missed / n),
    baseline: Math.sqrt(plain / n),
    skill: 1 - missed / plain,
    squares,
  };
}
