/**
 * The strongest directions of X'X by block power iteration: what the preconditioner is made of. Only products
 * with X are on the device; what is left is small, and needs to be orthonormal, not exact.
 */
import { SeededRandom } from "../tensor/index.ts";
import type { LinearProducts } from "./loss.ts";

export interface Spectrum {
  /** Eigenvalues, descending. */
  readonly values: Float64Array;
  /** features x rank, row-major, orthonormal columns. */
  readonly basis: Float32Array;
}

const ROUNDS = 2;
/** Jacobi's sweeps end where what is off the diagonal is this small beside it, squared: a preconditioner's exactness. */
const OFF_DIAGONAL = 1e-8;
/** The share of a column's square below which what the others leave of it is rounding: the products are float32. */
const DEPENDENT = 1e-12;

/** @param products of X with `rank` columns, the intercept's column sums ignored */
export async function strongestDirections(products: LinearProducts): Promise<Spectrum> {
  const { features, classes: rank } = products;
  const random = new SeededRandom(0);
  let columns = new Float64Array(features * rank);
  for (let i = 0; i < columns.length; i++) columns[i] = random.normal();
  for (let round = 0; round < ROUNDS; round++) {
    columns = await gramTimes(products, columns);
    orthonormalise(columns, rank);
  }
  // Once more: the first time leaves errors where columns are nearly parallel.
  orthonormalise(columns, rank);
  const image = await gramTimes(products, columns);
  const { values, vectors } = symmetricEigen(innerProducts(columns, image, rank));
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!);
  return {
    values: Float64Array.from(order, (k) => Math.max(0, values[k]!)),
    basis: mixed(
      columns,
      order.map((k) => vectors[k]!),
    ),
  };
}

/** X' X B, for B features x rank. */
async function gramTimes(products: LinearProducts, b: Float64Array): Promise<Float64Array<ArrayBuffer>> {
  const { classes: rank } = products;
  const parameters = new Float64Array(b.length + rank);
  parameters.set(b);
  const image = await products.gradient(new Float64Array(await products.logits(parameters)));
  return new Float64Array(image.subarray(0, b.length));
}

/** Makes the columns of B orthonormal, in place: B R^-1 for B'B = R'R, by Cholesky; a dependent column becomes 0. */
function orthonormalise(b: Float64Array, rank: number): void {
  const r = innerProducts(b, b, rank);
  const inverse = new Float64Array(rank);
  for (let k = 0; k < rank; k++) {
    const row = r[k]!;
    const whole = row[k]!;
    // r is filled as the lower triangle L = R'.
    for (let j = 0; j < k; j++) {
      const other = r[j]!;
      let sum = row[j]!;
      for (let i = 0; i < j; i++) sum -= row[i]! * other[i]!;
      row[j] = sum * inverse[j]!;
    }
    let left = whole;
    for (let i = 0; i < k; i++) left -= row[i]! * row[i]!;
    inverse[k] = left > DEPENDENT * whole && left > 0 ? 1 / Math.sqrt(left) : 0;
  }
  for (let at = 0; at < b.length; at += rank) {
    for (let k = 0; k < rank; k++) {
      const row = r[k]!;
      let sum = b[at + k]!;
      for (let i = 0; i < k; i++) sum -= b[at + i]! * row[i]!;
      b[at + k] = sum * inverse[k]!;
    }
  }
}

/** A'B where it is symmetric: its lower triangle is computed and mirrored. */
function innerProducts(a: Float64Array, b: Float64Array, rank: number): Float64Array[] {
  const product = Array.from({ length: rank }, () => new Float64Array(rank));
  for (let at = 0; at < a.length; at += rank) {
    for (let k = 0; k < rank; k++) {
      const row = product[k]!;
      const value = a[at + k]!;
      for (let i = 0; i <= k; i++) row[i] = row[i]! + value * b[at + i]!;
    }
  }
  for (let k = 0; k < rank; k++) for (let i = 0; i < k; i++) product[i]![k] = product[k]![i]!;
  return product;
}

/** Columns times the matrix whose columns are `vectors`. */
function mixed(columns: Float64Array, vectors: readonly Float64Array[]): Float32Array {
  const rank = vectors.length;
  const result = new Float32Array(columns.length);
  for (let at = 0; at < columns.length; at += rank) {
    for (let k = 0; k < rank; k++) {
      const vector = vectors[k]!;
      let sum = 0;
      for (let c = 0; c < rank; c++) sum += columns[at + c]! * vector[c]!;
      result[at + k] = sum;
    }
  }
  return result;
}

/** Jacobi's cyclic method for a symmetric matrix given by rows; it is overwritten. vectors[k] belongs to values[k]. */
export function symmetricEigen(a: Float64Array[]): { values: Float64Array; vectors: Float64Array[] } {
  const n = a.length;
  const vectors = a.map((_, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 12; sweep++) {
    let off = 0;
    let on = 0;
    for (let i = 0; i < n; i++) {
      on += a[i]![i]! ** 2;
      for (let j = 0; j < i; j++) off += a[i]![j]! ** 2;
    }
    if (off <= OFF_DIAGONAL ** 2 * on) break;
    const negligible = OFF_DIAGONAL * Math.sqrt(on / (n * n));
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p]![q]!;
        if (Math.abs(apq) <= negligible) continue;
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotate(a, p, q, c, t * c, t * apq);
        mix(vectors[p]!, vectors[q]!, c, t * c);
      }
    }
  }
  return { values: Float64Array.from(a, (row, i) => row[i]!), vectors };
}

/** Rows p and q, then, as the matrix is symmetric, columns p and q from them; `moved` goes from one value to the other. */
function rotate(a: Float64Array[], p: number, q: number, c: number, s: number, moved: number): void {
  const rowP = a[p]!;
  const rowQ = a[q]!;
  const [app, aqq] = [rowP[p]! - moved, rowQ[q]! + moved];
  mix(rowP, rowQ, c, s);
  rowP[p] = app;
  rowQ[q] = aqq;
  rowP[q] = 0;
  rowQ[p] = 0;
  for (let j = 0; j < a.length; j++) {
    const row = a[j]!;
    row[p] = rowP[j]!;
    row[q] = rowQ[j]!;
  }
}

function mix(x: Float64Array, y: Float64Array, c: number, s: number): void {
  for (let j = 0; j < x.length; j++) {
    const one = x[j]!;
    const two = y[j]!;
    x[j] = c * one - s * two;
    y[j] = s * one + c * two;
  }
}
