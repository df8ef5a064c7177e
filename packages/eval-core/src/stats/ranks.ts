/** Ranks of a column, with the two conventions for ties that this project uses, each where it is the field's. */

import { type Numbers, requireFinite } from "./input.ts";

/** The positions of `values` in ascending order of value; equal values keep their order. */
export function sortOrder(values: Numbers): Uint32Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i);
  return order.sort((a, b) => values[a]! - values[b]! || a - b);
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
