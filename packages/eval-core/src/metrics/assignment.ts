/** The assignment of rows to columns of greatest total (Hungarian method by shortest augmenting paths, O(n³)). */

/**
 * @param values n x n, row-major, finite
 * @returns the column of each row
 */
export function greatestAssignment(values: Float64Array, n: number): Int32Array {
  // Potentials u, v and a matching of columns to rows, both from 1; column 0 is where a row starts from.
  const u = new Float64Array(n + 1);
  const v = new Float64Array(n + 1);
  const rowOf = new Int32Array(n + 1);
  for (let row = 1; row <= n; row++) {
    const least = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
    const from = new Int32Array(n + 1);
    const seen = new Uint8Array(n + 1);
    let column = 0;
    rowOf[0] = row;
    do {
      seen[column] = 1;
      const own = rowOf[column]!;
      let delta = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let j = 1; j <= n; j++) {
        if (seen[j]) continue;
        const reduced = -values[(own - 1) * n + j - 1]! - u[own]! - v[j]!;
        if (reduced < least[j]!) {
          least[j] = reduced;
          from[j] = column;
        }
        if (least[j]! < delta) {
          delta = least[j]!;
          next = j;
        }
      }
      for (let j = 0; j <= n; j++) {
        if (seen[j]) {
          u[rowOf[j]!]! += delta;
          v[j]! -= delta;
        } else least[j]! -= delta;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const before = from[column]!;
      rowOf[column] = rowOf[before]!;
      column = before;
    }
  }
  const columnOf = new Int32Array(n);
  for (let j = 1; j <= n; j++) columnOf[rowOf[j]! - 1] = j - 1;
  return columnOf;
}
