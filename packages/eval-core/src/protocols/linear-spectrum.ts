/**
 * The strongest directions of X'X by block power iteration: what the preconditioner is made of. Only products
 * with X are on the device; what is left is small, and needs to be orthonormal, not exact.
 */
import { SeededRandom } from "../tensor/index.ts";
import type { LinearProducts } from "./linear-loss.ts";

export interface Spectrum {
  /** Eigenvalues, descending. */
  readonly values: Float64Array;
  /** features x rank, row-major, orthonormal columns. */
  readonly basis: Float32Array;
}

const ROUNDS = 3;
/** The share of a column below which what its projections leave is rounding: the products are float32. */
const ROUNDING = 1e-6;

/** @param products of X with `rank` columns, the intercept's column sums ignored */
export async function strongestDirections(products: LinearProducts): Promise<Spectrum> {
  const { features, classes: rank } = products;
  const random = new SeededRandom(0);
  let columns: Float64Array[] = Array.from({ length: rank }, () =>
    Float64Array.from({ length: features }, () => random.normal()),
  );
  for (let round = 0; round < ROUNDS; round++) {
    orthonormalise(columns);
    columns = await gramTimes(products, columns);
  }
  orthonormalise(columns);
  const image = await gramTimes(products, columns);
  const small = columns.map((a) => Float64Array.from(image, (b) => inner(a, b)));
  const { values, vectors } = symmetricEigen(small);
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!);
  const basis = new Float32Array(features * rank);
  order.forEach((from, k) => {
    const mixed = new Float64Array(features);
    for (let c = 0; c < rank; c++) {
      const weight = vectors[c]![from]!;
      const column = columns[c]!;
      for (let j = 0; j < features; j++) mixed[j] = mixed[j]! + weight * column[j]!;
    }
    for (let j = 0; j < features; j++) basis[j * rank + k] = mixed[j]!;
  });
  return { values: Float64Array.from(order, (k) => Math.max(0, values[k]!)), basis };
}

/** X' X B, for B given as columns. */
async function gramTimes(
  products: LinearProducts,
  columns: readonly Float64Array[],
): Promise<Float64Array[]> {
  const { features, classes: rank } = products;
  const flat = new Float64Array((features + 1) * rank);
  columns.forEach((column, k) => {
    for (let j = 0; j < features; j++) flat[j * rank + k] = column[j]!;
  });
  const image = await products.gradient(Float64Array.from(await products.logits(flat)));
  return columns.map((_, k) => Float64Array.from({ length: features }, (_, j) => image[j * rank + k]!));
}

/** Gram and Schmidt's process, the modified one, twice: once leaves errors where columns are nearly parallel. */
function orthonormalise(columns: readonly Float64Array[]): void {
  for (let k = 0; k < columns.length; k++) {
    const column = columns[k]!;
    const length = Math.sqrt(inner(column, column));
    for (let pass = 0; pass < 2; pass++) {
      for (let before = 0; before < k; before++) {
        const other = columns[before]!;
        const share = inner(other, column);
        for (let j = 0; j < column.length; j++) column[j] = column[j]! - share * other[j]!;
      }
    }
    const norm = Math.sqrt(inner(column, column));
    // Beyond the rank of X what is left is rounding, which is orthogonal to nothing: no column then, but zeros.
    const scale = norm > ROUNDING * length ? 1 / norm : 0;
    for (let j = 0; j < column.length; j++) column[j]! *= scale;
  }
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Jacobi's cyclic method for a symmetric matrix given by rows; it is overwritten. Column k of `vectors` (by rows)
 * belongs to values[k].
 */
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
    if (off <= 1e-20 * on) break;
    const negligible = Math.sqrt((1e-20 * on) / (n * n));
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p]![q]!;
        if (Math.abs(apq) <= negligible) continue;
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotate(a, vectors, p, q, c, t * c);
      }
    }
  }
  return { values: Float64Array.from(a, (row, i) => row[i]!), vectors };
}

function rotate(
  a: Float64Array[],
  vectors: Float64Array[],
  p: number,
  q: number,
  c: number,
  s: number,
): void {
  const rowP = a[p]!;
  const rowQ = a[q]!;
  for (const row of [...a, ...vectors]) {
    const x = row[p]!;
    const y = row[q]!;
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
  for (let j = 0; j < a.length; j++) {
    const x = rowP[j]!;
    const y = rowQ[j]!;
    rowP[j] = c * x - s * y;
    rowQ[j] = s * x + c * y;
  }
}
