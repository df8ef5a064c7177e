/**
 * One number a method over several measures, and the order it gives: what a leaderboard is ranked by.
 *
 * | aggregate  | score of a method                                          | better |
 * |------------|------------------------------------------------------------|--------|
 * | MEAN       | mean of its values; needs columns of one direction          | as the columns |
 * | MEAN_LOGIT | mean of the logits of bounded columns (others as they are), lower-is-better negated | higher |
 * | MEAN_RANK  | mean of its ranks a column, 1 best, ties sharing their mean | lower  |
 * | BORDA      | Σ over columns of methods beaten, a tie counting one half   | higher |
 *
 * Missing is not zero: a method without a value in every column has no score and no rank, and is no opponent in
 * the ranks of the others. Over complete methods BORDA = columns · (methods - MEAN_RANK), so the two always give
 * one order; BORDA is the form that says how many duels were won.
 */

import { mean } from "./describe.ts";
import { StatisticsError } from "./input.ts";
import { logitWithin } from "./logit.ts";
import { averageRanks, rankDescending } from "./ranks.ts";

export const AGGREGATES = ["MEAN", "MEAN_LOGIT", "MEAN_RANK", "BORDA"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export type Direction = "higher" | "lower" | "neither";

export interface Column {
  /** For error sentences: the measure's slug. */
  readonly name: string;
  readonly direction: Direction;
  /** The metric's bounds in the unit of the values; null on an open side. Both finite: MEAN_LOGIT transforms. */
  readonly lower: number | null;
  readonly upper: number | null;
}

export interface AggregateRow {
  readonly score: number | null;
  /** 1 is best; equal scores share the better rank. */
  readonly rank: number | null;
  /** Indices of the columns without a value. */
  readonly missing: readonly number[];
  /** Why a method with every value has no score all the same. */
  readonly reason?: string;
}

export interface AggregateTable {
  readonly rows: readonly AggregateRow[];
  /** Which end of the score is the good one. */
  readonly better: "higher" | "lower";
  /** Why nobody is ranked, where the columns do not allow this aggregate. */
  readonly reason?: string;
}

/** A cell: null, undefined and nothing else is missing. */
export type Cell = number | null | undefined;

/** Scores are compared to 12 digits: two methods are not set apart by the rounding of one sum. */
export const comparable = (score: number): number => Number(score.toPrecision(12));

const UNRANKED: Omit<AggregateRow, "missing"> = { score: null, rank: null };

/** The scores of complete rows, null with a reason where a row has none. */
type Scored = readonly { readonly score: number | null; readonly reason?: string }[];
type Scorer = (rows: readonly (readonly number[])[], columns: readonly Column[]) => Scored;

export const scorers: Readonly<Record<Aggregate, Scorer>> = {
  MEAN: (rows) => rows.map((row) => ({ score: mean(row) })),

  MEAN_LOGIT: (rows, columns) =>
    rows.map((row) => {
      const logits: number[] = [];
      for (const [i, { name, direction, lower, upper }] of columns.entries()) {
        const sign = direction === "lower" ? -1 : 1;
        if (lower === null || upper === null) {
          logits.push(sign * row[i]!);
          continue;
        }
        const transformed = logitWithin(row[i]!, lower, upper);
        if (transformed.value === null) return { score: null, reason: `${name}: ${transformed.reason}` };
        logits.push(sign * transformed.value);
      }
      return { score: mean(logits) };
    }),

  MEAN_RANK: (rows, columns) => {
    const ranks = ranksFromTheBest(rows, columns);
    return rows.map((_, row) => ({
      score: ranks.reduce((sum, column) => sum + column[row]!, 0) / columns.length,
    }));
  },

  BORDA: (rows, columns) => {
    const ranks = ranksFromTheBest(rows, columns);
    return rows.map((_, row) => ({
      score: ranks.reduce((points, column) => points + rows.length - column[row]!, 0),
    }));
  },
};

/** Of each column, the average ranks of the rows with 1 the best. */
function ranksFromTheBest(
  rows: readonly (readonly number[])[],
  columns: readonly Column[],
): readonly Float64Array[] {
  return columns.map(({ direction }, i) =>
    averageRanks(rows.map((row) => (direction === "higher" ? -row[i]! : row[i]!))),
  );
}

/** Why these columns cannot be aggregated so, or null where they can. */
export function whyNot(aggregate: Aggregate, columns: readonly Column[]): string | null {
  if (columns.length === 0) return "There is no measure to aggregate over.";
  const neither = columns.find(({ direction }) => direction === "neither");
  if (neither) return `${neither.name} has no better side, so nothing can be ranked by it.`;
  const other = columns.find(({ direction }) => direction !== columns[0]!.direction);
  if (aggregate === "MEAN" && other) {
    return (
      `In ${columns[0]!.name} ${columns[0]!.direction} is better, in ${other.name} ${other.direction} is: ` +
      "their mean says nothing; choose MEAN_RANK or BORDA."
    );
  }
  return null;
}

/** Which end of the scores is the good one. */
export function betterEnd(by: Aggregate, columns: readonly Column[]): "higher" | "lower" {
  return by === "MEAN_RANK" || (by === "MEAN" && columns[0]?.direction === "lower") ? "lower" : "higher";
}

/**
 * Scores and ranks the rows of `values` (methods x columns).
 * @throws StatisticsError on an unknown aggregate, a row of another length than `columns`, NaN or infinity.
 */
export function aggregate(
  values: readonly (readonly Cell[])[],
  columns: readonly Column[],
  by: Aggregate,
): AggregateTable {
  if (!Object.hasOwn(scorers, by)) {
    throw new StatisticsError(`'${by}' is not an aggregate: one of ${AGGREGATES.join(", ")}.`);
  }
  const missing = values.map((row, i) => missingOf(row, i, columns));
  const reason = whyNot(by, columns);
  const better = betterEnd(by, columns);
  if (reason) return { rows: missing.map((cells) => ({ ...UNRANKED, missing: cells })), better, reason };

  const complete = values.filter((_, i) => missing[i]!.length === 0) as readonly (readonly number[])[];
  const scored = scorers[by](complete, columns);
  const ranks = rankDescending(
    scored.map(({ score }) => (score === null ? null : comparable(better === "higher" ? score : -score))),
  );
  let next = 0;
  const rows = missing.map((cells) => {
    if (cells.length > 0) return { ...UNRANKED, missing: cells };
    const at = next++;
    return { ...scored[at]!, rank: ranks[at]!, missing: cells };
  });
  return { rows, better };
}

function missingOf(row: readonly Cell[], i: number, columns: readonly Column[]): number[] {
  if (row.length !== columns.length) {
    throw new StatisticsError(`Row ${i} has ${row.length} cells for ${columns.length} columns.`);
  }
  const missing: number[] = [];
  for (const [j, cell] of row.entries()) {
    if (cell === null || cell === undefined) missing.push(j);
    else if (!Number.isFinite(cell)) {
      throw new StatisticsError(
        `Row ${i}, ${columns[j]!.name}: found ${cell}, expected a finite number or null.`,
      );
    }
  }
  return missing;
}
