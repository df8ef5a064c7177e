/** Pearson's and Spearman's coefficient of two prepared columns, over the rows that both have. */

import type { PreparedColumn, Ranking } from "./prepared-column.ts";

/** Σ a b in four chains, which is what a core can add at once. */
function dot(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
    s2 += a[i + 2]! * b[i + 2]!;
    s3 += a[i + 3]! * b[i + 3]!;
  }
  for (; i < n; i++) s0 += a[i]! * b[i]!;
  return s0 + s1 + (s2 + s3);
}

/** How many rows both columns have. */
export function sharedRows(a: PreparedColumn, b: PreparedColumn): number {
  const [fewer, other] = a.present.length <= b.present.length ? [a, b] : [b, a];
  if (other.missing.length === 0) return fewer.present.length;
  const { mask } = fewer;
  if (other.missing.length < other.present.length) {
    let gone = 0;
    for (const i of other.missing) gone += mask[i]!;
    return fewer.present.length - gone;
  }
  let shared = 0;
  for (const i of other.present) shared += mask[i]!;
  return shared;
}

/** Σ and Σ² of `column` over the rows that `other` has too: the whole less the missing rows, or the present rows alone. */
function sumsOver(column: PreparedColumn, other: PreparedColumn): { sum: number; squares: number } {
  const subtract = other.missing.length < other.present.length;
  const rows = subtract ? other.missing : other.present;
  const { centred } = column;
  let sum = 0;
  let squares = 0;
  for (let k = 0; k < rows.length; k++) {
    const value = centred[rows[k]!]!;
    sum += value;
    squares += value * value;
  }
  return subtract ? { sum: column.sum - sum, squares: column.squares - squares } : { sum, squares };
}

/** Below this share of the raw squares a variance is mostly rounding: the pair is then computed plainly. */
const TOO_CLOSE = 1e-4;

/** Pearson's r over `n` shared rows; null where these sums cannot tell, and the plain way must. */
export function pairwisePearson(a: PreparedColumn, b: PreparedColumn, n: number): number | null {
  const ofA = b.missing.length === 0 ? a : sumsOver(a, b);
  const ofB = a.missing.length === 0 ? b : sumsOver(b, a);
  const varianceA = ofA.squares - (ofA.sum * ofA.sum) / n;
  const varianceB = ofB.squares - (ofB.sum * ofB.sum) / n;
  if (!(varianceA > TOO_CLOSE * a.squares * (n / a.present.length))) return null;
  if (!(varianceB > TOO_CLOSE * b.squares * (n / b.present.length))) return null;
  const covariance = dot(a.centred, b.centred) - (ofA.sum * ofB.sum) / n;
  return Math.max(-1, Math.min(1, covariance / Math.sqrt(varianceA * varianceB)));
}

/** The ranks of one column's rows among those that it shares with another: 0 where the first column has no value. */
export class RankScratch {
  readonly #ranks: Float64Array;
  #of: PreparedColumn | null = null;

  /** For tables of `rows` rows. */
  constructor(rows: number) {
    this.#ranks = new Float64Array(rows);
  }

  /** Room for the ranks of this column, which are all written anew. */
  for(column: PreparedColumn): Float64Array {
    if (this.#of !== column) this.#ranks.fill(0);
    this.#of = column;
    return this.#ranks;
  }
}

/**
 * Writes the average ranks of the rows that `mask` keeps, among them, without sorting again: the column's order is
 * walked and kept rows are counted. A row that `mask` drops gets some number; the caller does not use it.
 * @returns Σ (t³ - t) over groups of t equal values.
 */
function rerank({ order, groupEnds, ties }: Ranking, mask: Uint8Array, ranks: Float64Array): number {
  let kept = 0;
  if (!ties) {
    for (let k = 0; k < order.length; k++) {
      const row = order[k]!;
      // The | 0 keeps the count a machine integer: this loop is most of a matrix.
      kept = (kept + mask[row]!) | 0;
      ranks[row] = kept;
    }
    return 0;
  }
  let tied = 0;
  let start = 0;
  for (let group = 0; group < groupEnds.length; group++) {
    const end = groupEnds[group]!;
    let size = 0;
    for (let k = start; k < end; k++) size += mask[order[k]!]!;
    const rank = kept + (size + 1) / 2;
    for (let k = start; k < end; k++) ranks[order[k]!] = rank;
    kept += size;
    tied += size * (size * size - 1);
    start = end;
  }
  return tied;
}

/**
 * Spearman's rho over `n` shared rows, re-ranked among them. Ranks run from 1 to n: their mean is (n + 1) / 2 and
 * Σ (rank - mean)² = (n³ - n - Σ (t³ - t)) / 12 with groups of t ties. Null where that is 0. Of the second column no
 * rank is written: each is known where its order is walked, and goes into the sum of products at once.
 */
export function pairwiseSpearman(
  a: PreparedColumn,
  b: PreparedColumn,
  n: number,
  scratch: RankScratch,
): number | null {
  if (!a.ranking || !b.ranking) throw new TypeError("Spearman needs columns prepared with their ranking.");
  const ranks = scratch.for(a);
  const tiedA = rerank(a.ranking, b.mask, ranks);
  const { order, groupEnds, ties } = b.ranking;
  const { mask } = a;
  let tiedB = 0;
  let products = 0;
  let kept = 0;
  if (!ties) {
    for (let k = 0; k < order.length; k++) {
      const row = order[k]!;
      kept += mask[row]!;
      products += kept * ranks[row]!;
    }
  } else {
    let start = 0;
    for (let group = 0; group < groupEnds.length; group++) {
      const end = groupEnds[group]!;
      let size = 0;
      let sum = 0;
      for (let k = start; k < end; k++) {
        const row = order[k]!;
        size += mask[row]!;
        sum += ranks[row]!;
      }
      products += sum * (kept + (size + 1) / 2);
      kept += size;
      tiedB += size * (size * size - 1);
      start = end;
    }
  }
  const spread = n * (n * n - 1);
  const varianceA = (spread - tiedA) / 12;
  const varianceB = (spread - tiedB) / 12;
  if (!(varianceA > 0 && varianceB > 0)) return null;
  const covariance = products - (n * (n + 1) ** 2) / 4;
  return Math.max(-1, Math.min(1, covariance / Math.sqrt(varianceA * varianceB)));
}
