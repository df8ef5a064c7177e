/** Kendall's tau-b in O(n log n) (Knight 1966), and Vigna's weighted tau for leaderboards. */

import { type Numbers, requirePairs } from "./input.ts";
import { type Association, UNDEFINED } from "./pearson.ts";
import { sortOrder } from "./ranks.ts";
import { erfc } from "./special.ts";

/** Above this many pairs without ties the p-value is the normal approximation, as in SciPy. */
const EXACT_UP_TO = 33;

/** What the ties of one column add to Kendall's variance. */
export interface Ties {
  /** Σ t (t - 1) / 2 over groups of t equal values: tied pairs. */
  pairs: number;
  /** Σ t (t - 1) (t - 2) */
  triples: number;
  /** Σ t (t - 1) (2t + 5) */
  variance: number;
}

/** Counts groups of equal neighbours: `same(i)` says whether item i equals item i - 1. */
export function countTies(n: number, same: (i: number) => boolean): Ties {
  const ties: Ties = { pairs: 0, triples: 0, variance: 0 };
  for (let start = 0; start < n; ) {
    let end = start + 1;
    while (end < n && same(end)) end++;
    const t = end - start;
    ties.pairs += (t * (t - 1)) / 2;
    ties.triples += t * (t - 1) * (t - 2);
    ties.variance += t * (t - 1) * (2 * t + 5);
    start = end;
  }
  return ties;
}

/** Sorts `values` ascending in place by merging and returns how many pairs were in descending order. */
function countInversions(values: Float64Array): number {
  let inversions = 0;
  let from: Float64Array = values;
  let to: Float64Array = new Float64Array(values.length);
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      const middle = Math.min(start + width, values.length);
      const end = Math.min(start + 2 * width, values.length);
      let left = start;
      let right = middle;
      for (let out = start; out < end; out++) {
        if (left < middle && (right >= end || from[left]! <= from[right]!)) to[out] = from[left++]!;
        else {
          to[out] = from[right++]!;
          inversions += middle - left;
        }
      }
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  return inversions;
}

/** Pair counts of two columns: what tau-b and its p-value are made of. */
function countPairs(x: Numbers, y: Numbers): PairCounts {
  const n = x.length;
  // By x, equal x by y: a stable sort by y, then one by x.
  const byY = sortOrder(y);
  const order = sortOrder(Float64Array.from(byY, (i) => x[i]!)).map((k) => byY[k]!);
  const byX = (i: number) => x[order[i]!] === x[order[i - 1]!];
  const both = countTies(n, (i) => byX(i) && y[order[i]!] === y[order[i - 1]!]);
  const inX = countTies(n, byX);
  const sortedY = Float64Array.from(order, (i) => y[i]!);
  const discordant = countInversions(sortedY);
  const inY = countTies(n, (i) => sortedY[i] === sortedY[i - 1]);
  const pairs = (n * (n - 1)) / 2;
  const score = pairs - inX.pairs - inY.pairs + both.pairs - 2 * discordant;
  return { n, pairs, inX, inY, discordant, score };
}

/** What tau-b and its p-value are made of, over n pairs of numbers. */
export interface PairCounts {
  readonly n: number;
  readonly pairs: number;
  readonly inX: Ties;
  readonly inY: Ties;
  readonly discordant: number;
  /** Concordant less discordant pairs. */
  readonly score: number;
}

/** tau-b = (concordant - discordant) / √((pairs - tied in x) (pairs - tied in y)), unchecked; NaN if all tied. */
export function kendallCoefficient(x: Numbers, y: Numbers): number {
  return tauB(countPairs(x, y));
}

export function tauB({ pairs, inX, inY, score }: PairCounts): number {
  const untied = Math.sqrt(pairs - inX.pairs) * Math.sqrt(pairs - inY.pairs);
  return untied === 0 ? Number.NaN : Math.max(-1, Math.min(1, score / untied));
}

/**
 * Kendall's tau-b. The two-sided p-value is exact without ties up to 33 pairs (or when at most one pair of pairs
 * disagrees with a perfect order), else the normal approximation with the variance corrected for ties; both as
 * in SciPy. NaN where either column is constant or fewer than two pairs are given.
 * @throws StatisticsError on columns of different lengths, NaN or infinity.
 */
export function kendallTauB(x: Numbers, y: Numbers): Association {
  requirePairs(x, y);
  return associationOf(countPairs(x, y));
}

export function associationOf(counts: PairCounts): Association {
  const coefficient = tauB(counts);
  if (Number.isNaN(coefficient)) return UNDEFINED;
  const { n, pairs, inX, inY, discordant, score } = counts;
  const fewest = Math.min(discordant, pairs - discordant);
  if (inX.pairs === 0 && inY.pairs === 0 && (n <= EXACT_UP_TO || fewest <= 1)) {
    return { coefficient, pValue: exactPValue(n, fewest) };
  }
  const m = n * (n - 1);
  const variance =
    (m * (2 * n + 5) - inX.variance - inY.variance) / 18 +
    (2 * inX.pairs * inY.pairs) / m +
    (n > 2 ? (inX.triples * inY.triples) / (9 * m * (n - 2)) : 0);
  return { coefficient, pValue: erfc(Math.abs(score) / Math.sqrt(variance) / Math.SQRT2) };
}

/** P(at most `discordant` or at least as many the other way), over all n! orders equally likely. */
function exactPValue(n: number, discordant: number): number {
  if (n <= 2 || 4 * discordant === n * (n - 1)) return 1;
  if (n > EXACT_UP_TO) return Math.min(1, 2 * cumulativeShares(n, discordant)[discordant]!);
  let known = sharesOf.get(n);
  if (!known) {
    // Of more discordant pairs than half, the concordant ones are counted.
    known = cumulativeShares(n, (n * (n - 1)) >> 2);
    sharesOf.set(n, known);
  }
  return Math.min(1, 2 * known[discordant]!);
}

/** By n, up to EXACT_UP_TO: a matrix asks for the same ones thousands of times. */
const sharesOf = new Map<number, Float64Array>();

/** For each k up to `most`: the share of orders of n items with at most k discordant pairs. */
function cumulativeShares(n: number, most: number): Float64Array {
  // share[k] = the share of orders of j items with k discordant pairs; item j adds 0 to j - 1 of them.
  let share = new Float64Array(most + 1);
  share[0] = 1;
  for (let j = 2; j <= n; j++) {
    const next = new Float64Array(most + 1);
    let window = 0;
    for (let k = 0; k <= most; k++) {
      window += share[k]!;
      if (k >= j) window -= share[k - j]!;
      next[k] = window / j;
    }
    share = next;
  }
  let sum = 0;
  return share.map((value) => {
    sum += value;
    return sum;
  });
}

/**
 * Weighted tau (Vigna 2015, SciPy's default form): tau-b with each pair weighted by 1/(rank + 1) summed over its
 * two items, so that a disagreement at the top of a board counts most; rank 0 is the largest x (ties by y), and
 * the result is the mean with the one ranked by y. It has no known null distribution: `pValue` is NaN.
 * @throws StatisticsError on columns of different lengths, NaN or infinity.
 */
export function weightedTau(x: Numbers, y: Numbers): Association {
  requirePairs(x, y);
  return { coefficient: (rankedTau(x, y) + rankedTau(y, x)) / 2, pValue: Number.NaN };
}

function rankedTau(x: Numbers, y: Numbers): number {
  const n = x.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => x[b]! - x[a]! || y[b]! - y[a]!);
  let agreement = 0;
  let untiedX = 0;
  let untiedY = 0;
  for (let j = 1; j < n; j++) {
    for (let i = 0; i < j; i++) {
      const weight = 1 / (i + 1) + 1 / (j + 1);
      const signX = Math.sign(x[order[i]!]! - x[order[j]!]!);
      const signY = Math.sign(y[order[i]!]! - y[order[j]!]!);
      agreement += weight * signX * signY;
      untiedX += weight * signX * signX;
      untiedY += weight * signY * signY;
    }
  }
  const untied = Math.sqrt(untiedX) * Math.sqrt(untiedY);
  return untied === 0 ? Number.NaN : Math.max(-1, Math.min(1, agreement / untied));
}
