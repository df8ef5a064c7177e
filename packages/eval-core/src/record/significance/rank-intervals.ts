/** How sure a board's ranks are: over other datasets, over other test images, over both. */
import { comparable } from "../../stats/aggregate.ts";
import { normalQuantile } from "../../stats/distributions.ts";
import { rankDescending } from "../../stats/ranks.ts";
import { NumpyRandomState } from "../../tensor/mt19937.ts";
import { RESAMPLES, type Resampling } from "./resample.ts";

export type RankNoise = "datasets" | "images" | "both";

export interface RankIntervals {
  /** Whole ranks at 2.5% and 97.5% of the draws. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** The share of draws in which each is at rank 1. */
  readonly best: readonly number[];
  /** The ranks of the first draws, for those who repeat them. */
  readonly first: readonly (readonly number[])[];
}

export interface RankTable {
  /** [method, dataset], higher better (negate errors). */
  readonly values: readonly (readonly number[])[];
  /** Of each value, from its 95% interval's width / (2 · 1.96); 0 where it has none. */
  readonly standardErrors: readonly (readonly number[])[];
}

/**
 * A draw takes D datasets with replacement, adds normal noise to every value, or does both, and ranks the means.
 * Noise of methods on one dataset is taken as independent, which makes the intervals wider than the truth.
 */
export function rankIntervals(
  { values, standardErrors }: RankTable,
  over: RankNoise,
  { seed = 0, count = RESAMPLES }: Resampling = {},
): RankIntervals {
  const datasets = values[0]?.length ?? 0;
  if (datasets === 0) throw new RangeError("Rank intervals need at least one method and one dataset.");
  const random = new NumpyRandomState(seed);
  const everyDataset = Array.from({ length: datasets }, (_, d) => d);
  const draws: number[][] = [];
  for (let draw = 0; draw < count; draw++) {
    const picked = over === "images" ? everyDataset : everyDataset.map(() => random.interval(datasets - 1));
    const noisy =
      over === "datasets"
        ? values
        : values.map((row, i) =>
            row.map((value, d) => {
              // The middle of the uniform's own cell: neither end is ever reached.
              const u = (random.uniform() * 2 ** 53 + 0.5) / 2 ** 53;
              return value + standardErrors[i]![d]! * normalQuantile(u);
            }),
          );
    const means = noisy.map((row) => picked.reduce((sum, d) => sum + row[d]!, 0) / datasets);
    draws.push(rankDescending(means.map(comparable)).map((rank) => rank!));
  }
  const columns = values.map((_, i) => Uint32Array.from(draws, (ranks) => ranks[i]!).sort());
  const order = (q: number) => columns.map((sorted) => sorted[Math.max(0, Math.ceil(q * count - 1e-9) - 1)]!);
  return {
    lower: order(0.025),
    upper: order(0.975),
    best: columns.map((sorted) => sorted.reduce((ones, rank) => ones + (rank === 1 ? 1 : 0), 0) / count),
    first: draws.slice(0, 3),
  };
}
