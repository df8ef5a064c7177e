/** Ranks of a column, with the two conventions for ties that this project uses, each where it is the field's. */

import { type Numbers, requireFinite } from "./input.ts";

/**
 * The positions of `values` in ascending order of value; equal values keep their order. A merge sort without a
 * comparison callback: several times faster than `Array.prototype.sort`, which a correlation matrix needs.
 */
export function sortOrder(values: Numbers): Uint32Array {
  const n = values.length;
  let order: Uint32Array = Uint32Array.from({ length: n }, (_, i) => i);
  let keys: Float64Array = Float64Array.from(values);
  let nextOrder: Uint32Array = new Uint32Array(n);
  let nextKeys: Float64Array = new Float64Array(n);
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n);
      const end = Math.min(start + 2 * width, n);
      let left = start;
      let right = middle;
      for (let out = start; out < end; out++) {
        const from = left < middle && (right >= end || keys[left]! <= keys[right]!) ? left++ : right++;
        nextKeys[out] = keys[from]!;
        nextOrder[out] = order[from]!;
      }
    }
    [order, nextOrder] = [nextOrder, order];
    [keys, nextKeys] = [nextKeys, keys];
  }
  return order;
}

/**
 * Ranks from 1 for the smallest; equal values share the mean of the ranks they span, as Spearman's rho wants.
 * @throws StatisticsError on NaN or infinity.
 */
export function averageRanks(values: Numbers): Float64Array {
  requireFinite(values, "values");
  const order = sortOrder(values);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    const shared = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) ranks[order[i]!] = shared;
    start = end;
  }
  return ranks;
}

/**
 * A leaderboard's ranks: 1 for the largest, equal values share the better rank and the next rank is skipped
 * (1, 2, 2, 4). A null is not ranked and pushes nobody down.
 * @throws StatisticsError on NaN or infinity.
 */
export function rankDescending(values: readonly (number | null)[]): (number | null)[] {
  const present = values.filter((value) => value !== null);
  requireFinite(present, "values");
  const descending = Float64Array.from(present).sort().reverse();
  const rankOf = new Map<number, number>();
  descending.forEach((value, i) => {
    if (!rankOf.has(value)) rankOf.set(value, i + 1);
  });
  return values.map((value) => (value === null ? null : rankOf.get(value)!));
}
