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

/**
 * The fitted parameters; p = factors + 1, the last for the offset. Symmetric matrices are packed: the lower half row by
 * row, element (a, b) at a (a + 1) / 2 + b, q = p (p + 1) / 2 in all.
 */
export interface FactorModel {
  readonly factors: number;
  readonly rows: number;
  readonly columns: number;
  /** [column, p] */
  readonly w: Float64Array;
  /** ⟨w wᵀ⟩: [column, q] */
  readonly ww: Float64Array;
  /** [row, p], the last of each 1 */
  readonly u: Float64Array;
  /** ⟨u uᵀ⟩: [row, q] */
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

/** The known cells row by row (or column by column): their other indices and values in one array each, with starts. */
function knownBy(outer: number, inner: number, at: (o: number, i: number) => number) {
  const starts = new Uint32Array(outer + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const value = at(o, i);
      if (Number.isNaN(value)) continue;
      indices.push(i);
      values.push(value);
    }
    starts[o + 1] = indices.length;
  }
  return { starts, indices: Uint32Array.from(indices), values: Float64Array.from(values) };
}

/** @param matrix standardised: known columns with mean 0 and deviation 1 */
export function fitFactors(matrix: Matrix, { onIteration }: FitOptions = {}): FactorModel {
  const { rows: n, columns: m, data } = matrix;
  const k = Math.max(1, Math.min(MOST_FACTORS, n - 2, m - 1));
  const p = k + 1;
  const q = packedSize(p);
  const ofRow = knownBy(n, m, (i, j) => data[i * m + j]!);
  const ofColumn = knownBy(m, n, (j, i) => data[i * m + j]!);

  const random = new NumpyRandomState(0);
  const u = new Float64Array(n * p);
  const uu = new Float64Array(n * q);
  for (let i = 0; i < n; i++) {
    for (let l = 0; l < k; l++) u[i * p + l] = (2 * random.uniform() - 1) * Math.sqrt(3);
    u[i * p + k] = 1;
    outer(u, i * p, uu, i * q, p);
    for (let l = 0; l < k; l++) uu[i * q + packed(l, l)]! += START_VARIANCE;
  }
  const w = new Float64Array(m * p);
  const ww = new Float64Array(m * q);
  const tau = new Float64Array(m).fill(START_PRECISION);
  const alpha = new Float64Array(k).fill(1);
  const degrees = Float64Array.from(
    { length: m },
    (_, j) => 2 * GAMMA_A + ofColumn.starts[j + 1]! - ofColumn.starts[j]!,
  );
  const model: FactorModel = { factors: k, rows: n, columns: m, w, ww, u, uu, tau, alpha, degrees };

  // Of each column, over its known cells: Σ ⟨u uᵀ⟩, Σ u y and Σ y². The noise and the next loadings are made of them.
  const sums = new Float64Array(m * q);
  const rights = new Float64Array(m * p);
  const squares = new Float64Array(m);
  for (let j = 0; j < m; j++)
    for (let at = ofColumn.starts[j]!; at < ofColumn.starts[j + 1]!; at++)
      squares[j]! += ofColumn.values[at]! ** 2;
  const sumColumns = () => {
    for (let j = 0; j < m; j++) {
      const [sum, right] = [sums.subarray(j * q, (j + 1) * q), rights.subarray(j * p, (j + 1) * p)];
      sum.fill(0);
      right.fill(0);
      for (let at = ofColumn.starts[j]!; at < ofColumn.starts[j + 1]!; at++) {
        const i = ofColumn.indices[at]!;
        const y = ofColumn.values[at]!;
        for (let a = 0, from = i * q; a < q; a++) sum[a]! += uu[from + a]!;
        for (let a = 0, from = i * p; a < p; a++) right[a]! += u[from + a]! * y;
      }
    }
  };
  sumColumns();

  const sum = new Float64Array(q);
  const whole = new Float64Array(p * p);
  const small = new Float64Array(k * k);
  const right = new Float64Array(p);
  for (let iteration = 1; iteration <= ITERATIONS; iteration++) {
    for (let j = 0; j < m; j++) {
      for (let a = 0; a < p; a++) {
        right[a] = rights[j * p + a]! * tau[j]!;
        for (let b = 0; b <= a; b++) whole[a * p + b] = sums[j * q + packed(a, b)]! * tau[j]!;
        whole[a * p + a]! += a < k ? alpha[a]! : BETA;
      }
      invertInPlace(whole, p);
      multiply(whole, right, w, j * p, p);
      outer(w, j * p, ww, j * q, p);
      for (let a = 0; a < p; a++) for (let b = 0; b <= a; b++) ww[j * q + packed(a, b)]! += whole[a * p + b]!;
    }
    for (let i = 0; i < n; i++) {
      sum.fill(0);
      right.fill(0);
      for (let at = ofRow.starts[i]!; at < ofRow.starts[i + 1]!; at++) {
        const j = ofRow.indices[at]!;
        const weight = tau[j]!;
        const y = ofRow.values[at]! * weight;
        for (let a = 0, from = j * q; a < q; a++) sum[a]! += weight * ww[from + a]!;
        for (let a = 0, from = j * p; a < k; a++) right[a]! += w[from + a]! * y;
      }
      posterior(sum, right, small, k);
      multiply(small, right, u, i * p, k);
      outer(u, i * p, uu, i * q, p);
      for (let a = 0; a < k; a++) for (let b = 0; b <= a; b++) uu[i * q + packed(a, b)]! += small[a * k + b]!;
    }
    sumColumns();
    for (let j = 0; j < m; j++) {
      // Σ (y² − 2 y w·u + ⟨u uᵀ, w wᵀ⟩)
      let error = squares[j]! + innerProduct(sums, j * q, ww, j * q, k);
      for (let a = 0; a < p; a++) error -= 2 * w[j * p + a]! * rights[j * p + a]!;
      tau[j] = degrees[j]! / (2 * GAMMA_B + error);
    }
    for (let l = 0; l < k; l++) {
      let total = ALPHA_PRIOR;
      for (let j = 0; j < m; j++) total += ww[j * q + packed(l, l)]!;
      alpha[l] = (m + ALPHA_PRIOR) / total;
    }
    onIteration?.(iteration, model);
  }
  return model;
}

/** Of element (a, b), a >= b, of a packed symmetric matrix. */
export const packed = (a: number, b: number): number => (a * (a + 1)) / 2 + b;
export const packedSize = (p: number): number => (p * (p + 1)) / 2;

/** From packed Σ τ ⟨w wᵀ⟩ and Σ τ w y (first k): (I + first k x k)⁻¹ into `into`, and `right` less the offset. */
export function posterior(sum: Float64Array, right: Float64Array, into: Float64Array, k: number): void {
  for (let a = 0; a < k; a++) {
    right[a]! -= sum[packed(k, a)]!;
    for (let b = 0; b <= a; b++) into[a * k + b] = sum[packed(a, b)]! + (a === b ? 1 : 0);
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

/** Of two packed symmetric matrices: every element below the diagonal stands for two. */
function innerProduct(x: Float64Array, xStart: number, y: Float64Array, yStart: number, k: number): number {
  let sum = 0;
  let diagonal = 0;
  for (let a = 0, next = 0; a <= k; next += ++a + 1) {
    for (let at = packed(a, 0); at < next; at++) sum += x[xStart + at]! * y[yStart + at]!;
    diagonal += x[xStart + next]! * y[yStart + next]!;
  }
  return 2 * sum + diagonal;
}

/** ⟨u uᵀ, w wᵀ⟩ */
export function secondMoment({ ww, uu, factors }: FactorModel, i: number, j: number): number {
  const q = packedSize(factors + 1);
  return innerProduct(uu, i * q, ww, j * q, factors);
}

/** The variance of a value still to be measured. */
export function predictiveVariance(model: FactorModel, i: number, j: number): number {
  return secondMoment(model, i, j) - expectation(model, i, j) ** 2 + 1 / model.tau[j]!;
}

/** into += scale · the packed matrix at `start`. */
export function addPacked(into: Float64Array, from: Float64Array, start: number, scale: number): void {
  for (let a = 0; a < into.length; a++) into[a]! += scale * from[start + a]!;
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

/** The packed lower half of vector · vectorᵀ. */
function outer(vector: Float64Array, at: number, into: Float64Array, start: number, p: number): void {
  for (let a = 0, to = start; a < p; a++)
    for (let b = 0; b <= a; b++) into[to++] = vector[at + a]! * vector[at + b]!;
}
