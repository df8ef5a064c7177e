/** How far the ranks of a board depend on which datasets it has: its ranked columns resampled by dataset. */
import { averageRanks, logitWithin } from "@transferboard/eval-core/stats";
import type { StatisticsPool } from "../../statistics/pool.ts";
import type { Aggregate } from "../catalogue/entities.ts";
import { isShare } from "../measure/scale.ts";
import type { Aggregated } from "./aggregate.ts";
import type { Grid } from "./grid.ts";

/** The same board gives the same intervals. */
const SEED = 20113377;
export const RESAMPLES = 2_000;
/** Above so many rows, resampling takes longer than a reader waits. */
export const MOST_RESAMPLED_ROWS = 300;

export interface RankUncertainty {
  readonly lower: number;
  readonly upper: number;
  /** Rows of one group cannot be told apart from the best of it. */
  readonly group: number;
}

export interface Uncertainty {
  readonly of: (row: number) => RankUncertainty | null;
}

/** Null where the aggregate ranks nobody, or there is too little or too much to resample. */
export async function uncertaintyOf(
  grid: Grid,
  aggregate: Aggregate,
  own: Aggregated,
  statistics: StatisticsPool,
): Promise<Uncertainty | null> {
  const { rankedBy, measures, values } = grid;
  const rows = Array.from(own.ranks.keys()).filter((row) => own.ranks[row]! > 0);
  if (rows.length < 2 || rows.length > MOST_RESAMPLED_ROWS) return null;
  const scores = rankedBy.map((measure) => {
    const { metric } = measure;
    const shown = Float64Array.from(rows, (row) => values[measures.indexOf(measure)]![row]!);
    const sign = metric.direction === "LOWER" ? -1 : 1;
    const merits = shown.map((value) => sign * value);
    if (aggregate === "MEAN") return merits;
    if (aggregate === "MEAN_LOGIT") {
      if (!isShare(metric)) return merits;
      return shown.map(
        (value) => sign * (logitWithin(value, metric.lower!, metric.upper!).value ?? Number.NaN),
      );
    }
    return averageRanks(merits);
  });
  if (scores.some((column) => column.some((score) => !Number.isFinite(score)))) return null;
  const datasets = rankedBy.map(({ dataset }) => dataset.slug);
  const clusters = datasets.map((slug) => datasets.indexOf(slug));
  const found = await statistics.compute("ranks", { scores, clusters, seed: SEED, resamples: RESAMPLES });
  if (!found) return null;
  const places = new Map(rows.map((row, place) => [row, place]));
  return {
    of: (row) => {
      const place = places.get(row);
      if (place === undefined) return null;
      return { lower: found.lower[place]!, upper: found.upper[place]!, group: found.groups[place]! };
    },
  };
}
