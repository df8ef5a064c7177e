/**
 * Kendall's pair counts of two prepared columns, over the rows that both have. Both orders are known, so nothing is
 * sorted but groups of equal values; pairs in opposite orders are counted in a Fenwick tree over the second order.
 */

import { countTies, type PairCounts } from "../kendall.ts";
import type { PreparedColumn } from "./prepared-column.ts";

/** Scratch space for tables of `rows` rows. */
export class KendallScratch {
  /** Of the shared rows in the first column's order, their groups in both columns. */
  readonly x: Uint32Array;
  readonly y: Uint32Array;
  /** seen[g]: of the second column's groups up to g, a part of how many rows were met (Fenwick 1994). */
  readonly seen: Uint32Array;

  constructor(rows: number) {
    this.x = new Uint32Array(rows);
    this.y = new Uint32Array(rows);
    this.seen = new Uint32Array(rows + 1);
  }
}

/** The rows that both have, by the first column and, among its equals, by the second. */
function align(a: PreparedColumn, b: PreparedColumn, { x, y }: KendallScratch): number {
  const [byA, byB] = [a.ranking!, b.ranking!];
  const { order } = byA;
  let n = 0;
  let start = 0;
  for (let k = 0; k < order.length; k++) {
    const row = order[k]!;
    if (b.mask[row] === 0) continue;
    const group = byA.groupOf[row]!;
    if (n > 0 && x[n - 1] !== group) {
      if (n - start > 1) y.subarray(start, n).sort();
      start = n;
    }
    x[n] = group;
    y[n] = byB.groupOf[row]!;
    n += 1;
  }
  if (n - start > 1) y.subarray(start, n).sort();
  return n;
}

/** How many pairs have the second column's values in descending order. */
function countDescending(y: Uint32Array, n: number, groups: number, seen: Uint32Array): number {
  seen.fill(0, 0, groups + 1);
  let descending = 0;
  for (let k = 0; k < n; k++) {
    const group = y[k]!;
    let atMost = 0;
    for (let g = group; g > 0; g &= g - 1) atMost += seen[g]!;
    descending += k - atMost;
    for (let g = group; g <= groups; g += g & -g) seen[g]! += 1;
  }
  return descending;
}

export function pairwiseKendall(a: PreparedColumn, b: PreparedColumn, scratch: KendallScratch): PairCounts {
  if (!a.ranking || !b.ranking) throw new TypeError("Kendall needs columns prepared with their ranking.");
  const n = align(a, b, scratch);
  const { x, y, seen } = scratch;
  const inX = countTies(n, (i) => x[i] === x[i - 1]);
  const both = countTies(n, (i) => x[i] === x[i - 1] && y[i] === y[i - 1]);
  const discordant = countDescending(y, n, b.ranking.groupEnds.length, seen);
  // Sorted by the second column its ties are neighbours; without ties in it there are none among the shared rows.
  if (b.ranking.ties) y.subarray(0, n).sort();
  const inY = countTies(n, (i) => y[i] === y[i - 1]);
  const pairs = (n * (n - 1)) / 2;
  const score = pairs - inX.pairs - inY.pairs + both.pairs - 2 * discordant;
  return { n, pairs, inX, inY, discordant, score };
}
