/**
 * Eigenvalues of a symmetric matrix, and, of its eigenvectors V, only what is asked for: V'B for a few columns B. That
 * costs n² a column where V itself costs n³. Householder's tridiagonalisation, then implicit QL (Golub and Van Loan, 8.3).
 */
import { StatisticsError } from "../input.ts";

export interface SymmetricEigen {
  /** Descending. */
  readonly values: Float64Array;
  /** V'B, n x columns: row i belongs to values[i]. */
  readonly projected: Float64Array;
}

/**
 * @param matrix n x n, row-major; its lower triangle is read, and overwritten
 * @param columns n x m, row-major; overwritten
 * @throws StatisticsError where QL does not converge: the matrix holds something that is not finite
 */
export function symmetricEigenvalues(
  matrix: Float64Array,
  n: number,
  columns: Float64Array = new Float64Array(),
): SymmetricEigen {
  const m = n === 0 ? 0 : columns.length / n;
  const { diagonal, beside } = tridiagonal(matrix, n, columns, m);
  qlImplicit(diagonal, beside, columns, m);
  const order = Array.from(diagonal.keys()).sort((a, b) => diagonal[b]! - diagonal[a]!);
  const projected = new Float64Array(columns.length);
  order.forEach((from, to) => {
    projected.set(columns.subarray(from * m, (from + 1) * m), to * m);
  });
  return { values: Float64Array.from(order, (i) => diagonal[i]!), projected };
}

/**
 * Reflections H that make H'AH tridiagonal; applied to B as they come. One pass over the triangle does the last step's
 * rank-two update and the product with the next step's vector.
 */
function tridiagonal(a: Float64Array, n: number, b: Float64Array, m: number) {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  let v = new Float64Array(n);
  const w = new Float64Array(n);
  let next = new Float64Array(n);
  const product = new Float64Array(n);
  const dots = new Float64Array(m);
  for (let k = 0; k < n; k++) {
    // Column k below the diagonal, the last update applied: v and w are zero before the first.
    for (let i = k; i < n; i++) a[i * n + k]! -= v[i]! * w[k]! + w[i]! * v[k]!;
    diagonal[k] = a[k * n + k]!;
    if (k === n - 1) break;
    let square = 0;
    for (let i = k + 1; i < n; i++) square += a[i * n + k]! ** 2;
    const head = a[(k + 1) * n + k]!;
    const length = Math.sqrt(square);
    const alpha = head > 0 ? -length : length;
    beside[k] = alpha;
    next.fill(0);
    const scale = square - alpha * head;
    if (scale > 0) {
      for (let i = k + 1; i < n; i++) next[i] = a[i * n + k]!;
      next[k + 1] = head - alpha;
    }
    // beta = 2 / v'v = 1 / scale
    product.fill(0, k + 1);
    for (let i = k + 1; i < n; i++) {
      const [vi, wi, xi] = [v[i]!, w[i]!, next[i]!];
      const row = i * n;
      let sum = 0;
      for (let j = k + 1; j < i; j++) {
        const value = a[row + j]! - vi * w[j]! - wi * v[j]!;
        a[row + j] = value;
        sum += value * next[j]!;
        product[j]! += value * xi;
      }
      const own = a[row + i]! - 2 * vi * wi;
      a[row + i] = own;
      product[i]! += sum + own * xi;
    }
    const beta = scale > 0 ? 1 / scale : 0;
    let along = 0;
    for (let i = k + 1; i < n; i++) along += product[i]! * next[i]!;
    const half = (beta * beta * along) / 2;
    [v, next] = [next, v];
    w.fill(0, 0, k + 1);
    for (let i = k + 1; i < n; i++) w[i] = beta * product[i]! - half * v[i]!;
    if (m > 0 && beta > 0) reflect(b, v, k + 1, n, m, beta, dots);
  }
  return { diagonal, beside };
}

/** B -= beta v (v'B), for v that is zero before `from`. */
function reflect(
  b: Float64Array,
  v: Float64Array,
  from: number,
  n: number,
  m: number,
  beta: number,
  dots: Float64Array,
): void {
  dots.fill(0);
  for (let i = from; i < n; i++) {
    const factor = v[i]!;
    for (let c = 0; c < m; c++) dots[c]! += factor * b[i * m + c]!;
  }
  for (let i = from; i < n; i++) {
    const factor = beta * v[i]!;
    for (let c = 0; c < m; c++) b[i * m + c]! -= factor * dots[c]!;
  }
}

/** QL with implicit shifts on a tridiagonal matrix: `d` becomes the eigenvalues; every rotation is applied to B's rows. */
function qlImplicit(d: Float64Array, e: Float64Array, b: Float64Array, m: number): void {
  const n = d.length;
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let end = l;
      for (; end < n - 1; end++) {
        const size = Math.abs(d[end]!) + Math.abs(d[end + 1]!);
        if (Math.abs(e[end]!) <= Number.EPSILON * size) break;
      }
      if (end === l) break;
      if (sweep === 60) throw new StatisticsError("The eigenvalues do not converge: check the data.");
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      let r = Math.hypot(g, 1);
      g = d[end]! - d[l]! + e[l]! / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = end - 1;
      for (; i >= l; i--) {
        let f = s * e[i]!;
        const h = c * e[i]!;
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          e[end] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1]! - p;
        r = (d[i]! - g) * s + 2 * c * h;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - h;
        for (let k = 0; k < m; k++) {
          const lower = (i + 1) * m + k;
          const upper = i * m + k;
          f = b[lower]!;
          b[lower] = s * b[upper]! + c * f;
          b[upper] = c * b[upper]! - s * f;
        }
      }
      if (r === 0 && i >= l) continue;
      d[l]! -= p;
      e[l] = g;
      e[end] = 0;
    }
  }
}
