/** Least squares with one predictor: the line through a scatter, and how sure one may be of it. */

import { type Interval, isConstant, mean } from "./describe.ts";
import { studentTQuantile } from "./distributions.ts";
import { type Numbers, requireLevel, requirePairs } from "./input.ts";

/** y = intercept + slope x, with the errors of both. Errors are NaN with only two points. */
export interface Regression {
  readonly n: number;
  readonly slope: number;
  readonly intercept: number;
  readonly slopeStandardError: number;
  readonly interceptStandardError: number;
  /** √(Σ residual² / (n - 2)), in units of y. */
  readonly residualDeviation: number;
  readonly meanX: number;
  /** Σ (x - meanX)². */
  readonly sumSquaresX: number;
  /** Where the line itself (not a new point) lies at x, with confidence `level` (0.95), by Student's t. */
  readonly band: (x: number, level?: number) => Interval;
}

/**
 * Fits y = intercept + slope x by least squares.
 * @returns null with fewer than two points or no variance in x: no one line is best.
 * @throws StatisticsError on columns of different lengths, NaN or infinity.
 */
export function linearRegression(x: Numbers, y: Numbers): Regression | null {
  requirePairs(x, y);
  const n = x.length;
  if (n < 2 || isConstant(x)) return null;
  const meanX = mean(x);
  const meanY = mean(y);
  let sumSquaresX = 0;
  let products = 0;
  for (let i = 0; i < n; i++) {
    sumSquaresX += (x[i]! - meanX) ** 2;
    products += (x[i]! - meanX) * (y[i]! - meanY);
  }
  const slope = products / sumSquaresX;
  let residuals = 0;
  for (let i = 0; i < n; i++) residuals += (y[i]! - meanY - slope * (x[i]! - meanX)) ** 2;
  const residualDeviation = n > 2 ? Math.sqrt(residuals / (n - 2)) : Number.NaN;
  /** The standard error of the line's height at x. */
  const errorAt = (at: number) => residualDeviation * Math.sqrt(1 / n + (at - meanX) ** 2 / sumSquaresX);
  return {
    n,
    slope,
    intercept: meanY - slope * meanX,
    slopeStandardError: residualDeviation / Math.sqrt(sumSquaresX),
    interceptStandardError: errorAt(0),
    residualDeviation,
    meanX,
    sumSquaresX,
    band: (at, level = 0.95) => {
      requireLevel(level);
      const half = -studentTQuantile((1 - level) / 2, n - 2) * errorAt(at);
      const height = meanY + slope * (at - meanX);
      return { lower: height - half, upper: height + half };
    },
  };
}
