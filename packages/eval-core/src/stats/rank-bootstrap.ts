/**
 * How far a board's ranks depend on which datasets it happens to have: its columns are resampled with replacement, the
 * rows ranked anew each time, and the middle 95% of each row's ranks kept. Two rows cannot be told apart where the
 * interval of the difference of their means over the same resamples holds zero (a paired bootstrap).
 *
 * Every aggregate of a board is a mean over columns of something that a column gives on its own (its values, their
 * logits, its ranks), so a resample is a weighted mean and costs rows times columns.
 */
import type { SeededRandom } from "../tensor/random.ts";
import { quantileOfSorted } from "./describe.ts";
import { StatisticsError } from "./input.ts";

export interface RankBootstrapOptions {
  /** scores[j][i]: what row i has in column j, more is better. All finite. */
  readonly scores: readonly Float64Array[];
  /** clusters[j]: columns of one number, such as the metrics of one dataset, are drawn together. */
  readonly clusters: readonly number[];
  readonly random: SeededRandom;
  /** 2,000 where not given. */
  readonly resamples?: number;
  /** 0.95 where not given. */
  readonly level?: number;
}

export interface RankBootstrap {
  /** The ends of each row's ranks; 1 is best. */
  readonly lower: Uint32Array;
  readonly upper: Uint32Array;
  /** From 1: rows of one group cannot be told apart from the best row of it. */
  readonly groups: Uint32Array;
  readonly resamples: number;
}

/** Resampling fewer says more of the resampling than of the datasets. */
const FEWEST_CLUSTERS = 3;

/**
 * Null where fewer than three clusters of columns, or fewer than two rows, are there to resample.
 * @throws StatisticsError on scores that are missing or infinite, or clusters that are not one a column.
 */
export function rankBootstrap(options: RankBootstrapOptions): RankBootstrap | null {
  const { scores, clusters, random, resamples = 2_000, level = 0.95 } = options;
  const rows = scores[0]?.length ?? 0;
  requireScores(scores, clusters, rows);
  const members = [...Map.groupBy(clusters.keys(), (column) => clusters[column]!).values()];
  if (members.length < FEWEST_CLUSTERS || rows < 2) return null;

  /** drawn[row * resamples + b]: the mean of a row in resample b. */
  const drawn = new Float64Array(rows * resamples);
  const ranks = new Uint32Array(rows * resamples);
  const weights = new Uint32Array(scores.length);
  const means = new Float64Array(rows);
  for (let b = 0; b < resamples; b++) {
    weights.fill(0);
    let total = 0;
    for (let draw = 0; draw < members.length; draw++) {
      for (const column of members[random.below(members.length)]!) {
        weights[column]! += 1;
        total += 1;
      }
    }
    means.fill(0);
    for (const [column, weight] of weights.entries()) {
      if (weight === 0) continue;
      const values = scores[column]!;
      for (let row = 0; row < rows; row++) means[row]! += (weight * values[row]!) / total;
    }
    const order = Array.from(means.keys()).sort((a, c) => means[c]! - means[a]!);
    for (const [place, row] of order.entries()) {
      const before = order[place - 1];
      const tied = place > 0 && means[row] === means[before!];
      ranks[row * resamples + b] = tied ? ranks[before! * resamples + b]! : place + 1;
      drawn[row * resamples + b] = means[row]!;
    }
  }
  const tails = [(1 - level) / 2, (1 + level) / 2] as const;
  const lower = new Uint32Array(rows);
  const upper = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const own = Float64Array.from(ranks.subarray(row * resamples, (row + 1) * resamples)).sort();
    lower[row] = Math.floor(quantileOfSorted(own, tails[0]));
    upper[row] = Math.ceil(quantileOfSorted(own, tails[1]));
  }
  return { lower, upper, groups: groupsOf(drawn, scores, rows, resamples, tails), resamples };
}

/** From the best row down: a row joins the group of the one that leads it, or leads the next. */
function groupsOf(
  drawn: Float64Array,
  scores: readonly Float64Array[],
  rows: number,
  resamples: number,
  tails: readonly [number, number],
): Uint32Array {
  const whole = Float64Array.from({ length: rows }, (_, row) =>
    scores.reduce((sum, column) => sum + column[row]!, 0),
  );
  const order = Array.from(whole.keys()).sort((a, b) => whole[b]! - whole[a]!);
  const groups = new Uint32Array(rows);
  let leader = order[0]!;
  let group = 1;
  for (const row of order) {
    const differences = Float64Array.from(
      { length: resamples },
      (_, b) => drawn[leader * resamples + b]! - drawn[row * resamples + b]!,
    ).sort();
    const [low, high] = tails.map((tail) => quantileOfSorted(differences, tail));
    if (row !== leader && (low! > 0 || high! < 0)) {
      leader = row;
      group += 1;
    }
    groups[row] = group;
  }
  return groups;
}

function requireScores(scores: readonly Float64Array[], clusters: readonly number[], rows: number): void {
  if (clusters.length !== scores.length) {
    throw new StatisticsError(`${scores.length} columns need as many clusters: found ${clusters.length}.`);
  }
  for (const [j, column] of scores.entries()) {
    if (column.length !== rows) {
      throw new StatisticsError(`Column ${j} has ${column.length} rows, column 0 has ${rows}.`);
    }
    const at = column.findIndex((value) => !Number.isFinite(value));
    if (at >= 0)
      throw new StatisticsError(`Column ${j}, row ${at} is ${column[at]}: every row needs a score.`);
  }
}
