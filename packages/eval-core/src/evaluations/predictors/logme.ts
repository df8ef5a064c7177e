/**
 * LogME (You et al. 2021): the logarithm of the evidence of a Bayesian linear model of each class's indicator, a row, averaged
 * over classes 0 to the largest. s: eigenvalues of X'X that are not zero; x_i = (u_i · y)², u_i the left singular vectors.
 *
 *     γ = Σ s/(s + t)    m = Σ s x/(s + t)²    r = Σ x t²/(s + t)² + R    α = γ/(m + 1e-5)    β = (N - γ)/(r + 1e-5)    t = α/β
 *     E = (d/2) ln α + (N/2) ln β - ½ Σ ln(α + β s) - (β/2) r - (α/2) m - (N/2) ln 2π          the sum over all d, zeros too
 */

/**
 * `full`: the sum of logarithms over all d. `repository`: the authors' default code, over min(N, d) values alone, which is
 * another number where N < d. `icml`: their first version, which ends at 1e-2 and adds 1e-5 to m and r in E.
 */
export type LogMeVersion = "full" | "repository" | "icml";

export interface Evidence {
  readonly value: number;
  readonly perClass: readonly number[];
  readonly alpha: readonly number[];
  readonly beta: readonly number[];
  readonly iterations: readonly number[];
}

export interface Projections {
  readonly rows: number;
  readonly features: number;
  /** s */
  readonly values: Float64Array;
  /** (u_i · y_c)², values x classes */
  readonly squares: Float64Array;
  /** Rows of each class: Σ y². */
  readonly counts: ArrayLike<number>;
}

const MOST_ITERATIONS = 11;
const SMALL = 1e-5;

export function logMe(projections: Projections, version: LogMeVersion = "full"): Evidence {
  const { counts } = projections;
  const perClass: number[] = [];
  const alpha: number[] = [];
  const beta: number[] = [];
  const iterations: number[] = [];
  for (let c = 0; c < counts.length; c++) {
    const found = evidenceOf(projections, c, version);
    perClass.push(found.evidence / projections.rows);
    alpha.push(found.alpha);
    beta.push(found.beta);
    iterations.push(found.iterations);
  }
  return {
    value: perClass.reduce((sum, e) => sum + e, 0) / perClass.length,
    perClass,
    alpha,
    beta,
    iterations,
  };
}

function evidenceOf(projections: Projections, c: number, version: LogMeVersion) {
  const { rows, features, values, squares, counts } = projections;
  const classes = counts.length;
  const x = Float64Array.from(values, (_, i) => squares[i * classes + c]!);
  const explained = x.reduce((sum, value) => sum + value, 0);
  const outside = Math.max(counts[c]! - explained, 0);
  let [alpha, beta, m, r] = [1, 1, 0, 0];
  let iterations = 0;
  while (iterations < MOST_ITERATIONS) {
    const t = alpha / beta;
    let gamma = 0;
    m = 0;
    r = outside;
    for (let i = 0; i < values.length; i++) {
      const s = values[i]!;
      const share = 1 / (s + t);
      gamma += s * share;
      m += s * x[i]! * share * share;
      r += x[i]! * (t * share) ** 2;
    }
    alpha = gamma / (m + SMALL);
    beta = (rows - gamma) / (r + SMALL);
    iterations++;
    if (Math.abs(alpha / beta - t) / t <= (version === "icml" ? 1e-2 : 1e-3)) break;
  }
  // The repository sums over min(N, d) values; the others of d are zeros, whose logarithm is that of alpha.
  const counted = version === "repository" ? Math.min(rows, features) : features;
  let logarithms = (counted - values.length) * Math.log(alpha);
  for (const s of values) logarithms += Math.log(alpha + beta * s);
  const added = version === "icml" ? SMALL : 0;
  const evidence =
    (features / 2) * Math.log(alpha) +
    (rows / 2) * Math.log(beta) -
    logarithms / 2 -
    (beta / 2) * (r + added) -
    (alpha / 2) * (m + added) -
    (rows / 2) * Math.log(2 * Math.PI);
  return { evidence, alpha, beta, iterations };
}
