/**
 * The low-rank model of a table of results with gaps: variational factor analysis with automatic relevance determination
 * (Bishop 1999; Ilin and Raiko, JMLR 11, 2010), with a noise of its own for each column, since columns differ in how
 * foreseeable they are.
 *
 *     y_ij = w_j · u_i + noise of precision τ_j,   u_i = (z_i, 1),   z_i ~ N(0, I_k)
 *     w_jl ~ N(0, 1/α_l),   offset w_j,k ~ N(0, 1/β),   τ_j ~ Gamma(a, b)
 *
 * Exactly 50 iterations from a fixed start, so that every machine gives the same answer. Only known cells are touched.
 */
import { NumpyRandomState } from "../../tensor/mt19937.ts";
import { invertInPlace } from "./inverse.ts";
import type { Matrix } from "./scale.ts";

const MOST_FACTORS = 6;
const ITERATIONS = 50;
const BETA = 1;
const GAMMA_A = 1;
const GAMMA_B = 0.2;
const ALPHA_PRIOR = 0.002;
const START_VARIANCE = 0.1;
const START_PRECISION = 2;

/** The fitted parameters; p = factors + 1, the last for the offset. */
export interface FactorModel {
  readonly factors: number;
  readonly rows: number;
  readonly columns: number;
  /** [column, p] */
  readonly w: Float64Array;
  /** ⟨w wᵀ⟩: [column, p, p] */
  readonly ww: Float64Array;
  /** [row, p], the last of each 1 */
  readonly u: Float64Array;
  /** ⟨u uᵀ⟩: [row, p, p] */
  readonly uu: Float64Array;
  /** Precision of each column's noise. */
  readonly tau: Float64Array;
  /** Of each factor. */
  readonly alpha: Float64Array;
  /** Of each column's Student interval: 2a + values known. */
  readonly degrees: Float64Array;
}

export interface FitOptions {
  /** Called after each iteration, with the parameters as they stand (they change in place). */
  readonly onIteration?: (iteration: number, model: FactorModel) => void;
}

/** The other indices of every known cell, row by row (or column by column), in one array with starts. */
function knownBy(outer: number, inner: number, known: (o: number, i: number) => boolean) {
  const starts = new Uint32Array(outer + 1);
  const indices: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) if (known(o, i)) indices.push(i);
    starts[o + 1] = indices.length;
  }
  return { starts, indices: Uint32Array.from(indices) };
}

/** @param matrix standardised: known columns with mean 0 and deviation 1 */
export function fitFactors(matrix: Matrix, { onIteration }: FitOptions = {}): FactorModel {
  const { rows: n, columns: m, data } = matrix;
  const k = Math.max(1, Math.min(MOST_FACTORS, n - 2, m - 1));
  const p = k + 1;
  const pp = p * p;
  const known = (i: number, j: number) => !Number.isNaN(data[i * m + j]!);
  const ofRow = knownBy(n, m, known);
  const ofColumn = knownBy(m, n, (j, i) => known(i, j));

  const random = new NumpyRandomState(0);
  const u = new Float64Array(n * p);
  const uu = new Float64Array(n * pp);
  for (let i = 0; i < n; i++) {
    for (let l = 0; l < k; l++) u[i * p + l] = (2 * random.uniform() - 1) * Math.sqrt(3);
    u[i * p + k] = 1;
    outer(u, i * p, uu, i * pp, p);
    for (let l = 0; l < k; l++) uu[i * pp + l * p + l]! += START_VARIANCE;
  }
  const w = new Float64Array(m * p);
  const ww = new Float64Array(m * pp);
  const tau = new Float64Array(m).fill(START_PRECISION);
  const alpha = new Float64Array(k).fill(1);
  const degrees = Float64Array.from(
    { length: m },
    (_, j) => 2 * GAMMA_A + ofColumn.starts[j + 1]! - ofColumn.starts[j]!,
  );
  const model: FactorModel = { factors: k, rows: n, columns: m, w, ww, u, uu, tau, alpha, degrees };

  const precision = new Float64Array(pp);
  const small = new Float64Array(k * k);
  const right = new Float64Array(p);
  for (let iteration = 1; iteration <= ITERATIONS; iteration++) {
    for (let j = 0; j < m; j++) {
      precision.fill(0);
      right.fill(0);
      for (let at = ofColumn.starts[j]!; at < ofColumn.starts[j + 1]!; at++) {
        const i = ofColumn.indices[at]!;
        const y = data[i * m + j]!;
        addLower(precision, uu, i * pp, 1, p);
        for (let a = 0; a < p; a++) right[a]! += u[i * p + a]! * y;
      }
      for (let a = 0; a < p; a++) {
        right[a]! *= tau[j]!;
        for (let b = 0; b <= a; b++) precision[a * p + b]! *= tau[j]!;
        precision[a * p + a]! += a < k ? alpha[a]! : BETA;
      }
      invertInPlace(precision, p);
      multiply(precision, right, w, j * p, p);
      outer(w, j * p, ww, j * pp, p);
      for (let a = 0; a < pp; a++) ww[j * pp + a]! += precision[a]!;
    }
    for (let i = 0; i < n; i++) {
      precision.fill(0);
      right.fill(0);
      for (let at = ofRow.starts[i]!; at < ofRow.starts[i + 1]!; at++) {
        const j = ofRow.indices[at]!;
        const weight = tau[j]!;
        const y = data[i * m + j]! * weight;
        addLower(precision, ww, j * pp, weight, p);
        for (let a = 0; a < k; a++) right[a]! += w[j * p + a]! * y;
      }
      posterior(precision, right, small, k);
      multiply(small, right, u, i * p, k);
      outer(u, i * p, uu, i * pp, p);
      for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) uu[i * pp + a * p + b]! += small[a * k + b]!;
    }
    for (let j = 0; j < m; j++) {
      let error = 0;
      for (let at = ofColumn.starts[j]!; at < ofColumn.starts[j + 1]!; at++) {
        const i = ofColumn.indices[at]!;
        const y = data[i * m + j]!;
        error += y * y - 2 * y * expectation(model, i, j) + secondMoment(model, i, j);
      }
      tau[j] = degrees[j]! / (2 * GAMMA_B + error);
    }
    for (let l = 0; l < k; l++) {
      let sum = ALPHA_PRIOR;
      for (let j = 0; j < m; j++) sum += ww[j * pp + l * p + l]!;
      alpha[l] = (m + ALPHA_PRIOR) / sum;
    }
    onIteration?.(iteration, model);
  }
  return model;
}

/** From Σ τ ⟨w wᵀ⟩ (lower half, p x p) and Σ τ w y (first k): (I + first k x k)⁻¹ into `into`, and `right` less the offset. */
export function posterior(sum: Float64Array, right: Float64Array, into: Float64Array, k: number): void {
  const p = k + 1;
  for (let a = 0; a < k; a++) {
    right[a]! -= sum[k * p + a]!;
    for (let b = 0; b <= a; b++) into[a * k + b] = sum[a * p + b]! + (a === b ? 1 : 0);
  }
  invertInPlace(into, k);
}

/** y_ij's expectation: w_j · u_i. */
export function expectation({ w, u, factors }: FactorModel, i: number, j: number): number {
  const p = factors + 1;
  let sum = 0;
  for (let a = 0; a < p; a++) sum += w[j * p + a]! * u[i * p + a]!;
  return sum;
}

/** ⟨u uᵀ, w wᵀ⟩. */
export function secondMoment({ ww, uu, factors }: FactorModel, i: number, j: number): number {
  const p = factors + 1;
  const [x, y] = [i * p * p, j * p * p];
  let sum = 0;
  for (let a = 0; a < p; a++) {
    sum += uu[x + a * p + a]! * ww[y + a * p + a]!;
    for (let b = 0; b < a; b++) sum += 2 * uu[x + a * p + b]! * ww[y + a * p + b]!;
  }
  return sum;
}

/** The variance of a value still to be measured. */
export function predictiveVariance(model: FactorModel, i: number, j: number): number {
  return secondMoment(model, i, j) - expectation(model, i, j) ** 2 + 1 / model.tau[j]!;
}

/** into += scale · from, the lower half alone. */
export function addLower(
  into: Float64Array,
  from: Float64Array,
  start: number,
  scale: number,
  p: number,
): void {
  for (let a = 0; a < p; a++)
    for (let b = 0; b <= a; b++) into[a * p + b]! += scale * from[start + a * p + b]!;
}

/** into[at ...] = matrix · vector. */
export function multiply(
  matrix: Float64Array,
  vector: Float64Array,
  into: Float64Array,
  at: number,
  size: number,
): void {
  for (let a = 0; a < size; a++) {
    let sum = 0;
    for (let b = 0; b < size; b++) sum += matrix[a * size + b]! * vector[b]!;
    into[at + a] = sum;
  }
}

function outer(vector: Float64Array, at: number, into: Float64Array, start: number, p: number): void {
  for (let a = 0; a < p; a++)
    for (let b = 0; b < p; b++) into[start + a * p + b] = vector[at + a]! * vector[at + b]!;
}
