/**
 * Numbers of a spectrum that are said to predict transfer. σ: singular values of the features as they are; λ: eigenvalues
 * of their centred covariance (N - 1). Both descending.
 */

/**
 * RankMe (Garrido et al. 2023): exp of the entropy of p = σ / Σσ + ε, over min(N, d) values. `embedding-quality` (Google's) adds ε to
 * every σ of the denominator too.
 */
export function rankMe(sigma: Float64Array, epsilon = 1e-7, inDenominator = 0): number {
  let sum = 0;
  for (const value of sigma) sum += value + inDenominator;
  let entropy = 0;
  for (const value of sigma) {
    const p = value / sum + epsilon;
    entropy -= p * Math.log(p);
  }
  return Math.exp(entropy);
}

/** ||X||² / σ1² (Google's embedding-quality library). */
export function stableRank(sigma: Float64Array): number {
  let sum = 0;
  for (const value of sigma) sum += value * value;
  return sum / sigma[0]! ** 2;
}

/** NESum (He and Ozay 2022): Σ λ / λ1. */
export function nesum(lambda: Float64Array): number {
  let sum = 0;
  for (const value of lambda) sum += value;
  return sum / lambda[0]!;
}

/** Below it, beside λ1, an eigenvalue is rounding. */
const SMALLEST = 1e-12;
const FEWEST_RANKS = 5;

export interface AlphaReq {
  /** Null where fewer than 5 ranks are left. */
  readonly value: number | null;
  /** The last rank that counts. */
  readonly to: number;
}

/**
 * alpha-ReQ (Agrawal et al. 2022; Stringer et al. 2019): the exponent of the power law λ_r ~ r^-α, by least squares of ln λ
 * on -ln r with weights 1/r, over ranks `from` to `to`, counted from 1.
 */
export function alphaReq(lambda: Float64Array, from = 12, to = 100): AlphaReq {
  const first = lambda[0] ?? 0;
  let kept = 0;
  for (const value of lambda) if (value > first * SMALLEST) kept++;
  const last = Math.min(to, kept);
  if (last < from + FEWEST_RANKS - 1) return { value: null, to: last };
  const ranks = Array.from({ length: last - from + 1 }, (_, i) => from + i);
  const points = ranks.map((r) => ({ x: -Math.log(r), y: Math.log(lambda[r - 1]!), weight: 1 / r }));
  return { value: slope(points), to: last };
}

/** The slope of ln σ on a line from 1 to 0 over the ranks: no power law, and never called alpha-ReQ. Null below 1e-9 σ1. */
export function logLinearSlope(sigma: Float64Array): number | null {
  const n = sigma.length;
  if (!(sigma[n - 1]! > sigma[0]! * 1e-9)) return null;
  return slope(
    Array.from(sigma, (value, i) => ({ x: 1 - i / (n - 1), y: Math.log(value + 1e-12), weight: 1 })),
  );
}

/** Weighted least squares with an intercept. */
function slope(points: readonly { x: number; y: number; weight: number }[]): number {
  let [sum, sumX, sumY] = [0, 0, 0];
  for (const { x, y, weight } of points) {
    sum += weight;
    sumX += weight * x;
    sumY += weight * y;
  }
  let [xx, xy] = [0, 0];
  for (const { x, y, weight } of points) {
    const dx = x - sumX / sum;
    xx += weight * dx * dx;
    xy += weight * dx * (y - sumY / sum);
  }
  return xy / xx;
}
