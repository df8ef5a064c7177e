/**
 * The protocols of ROxford5k and RParis6k (Radenović et al. 2018): which database rows count as positive, which are junk
 * and taken out of the ranking, and the values of a query. AP is the trapezoids'.
 */
import { cappedPrecisionAt, trapezoidAveragePrecision } from "../../metrics/index.ts";
import type { Cosines } from "../../probe/nearest/index.ts";
import { NEGATIVE, OUT, POSITIVE, positiveRanks, type RankOptions } from "./positive-ranks.ts";

/** Rows of the database, counted from 0. */
export interface RevisitedQuery {
  readonly easy: readonly number[];
  readonly hard: readonly number[];
  readonly junk: readonly number[];
}

export type RevisitedProtocol = "easy" | "medium" | "hard";

type Lists = readonly (keyof RevisitedQuery)[];
export const PROTOCOLS: Readonly<Record<RevisitedProtocol, { positive: Lists; out: Lists }>> = {
  easy: { positive: ["easy"], out: ["junk", "hard"] },
  medium: { positive: ["easy", "hard"], out: ["junk"] },
  hard: { positive: ["hard"], out: ["junk", "easy"] },
};

export const PRECISION_AT = [1, 5, 10] as const;

/** Fractions. */
export interface RevisitedScores {
  readonly positives: number;
  readonly ap: number;
  /** At 1, 5 and 10. */
  readonly precision: readonly number[];
}

/** One protocol's values of every query; null where it has no positive. */
export async function revisitedScores(
  cosines: Cosines,
  queries: readonly RevisitedQuery[],
  protocol: RevisitedProtocol,
  options: Omit<RankOptions, "roleOf">,
): Promise<readonly (RevisitedScores | null)[]> {
  const { positive, out } = PROTOCOLS[protocol];
  const roles = queries.map((query) => {
    const own = new Map<number, number>();
    for (const list of positive) for (const row of query[list]) own.set(row, POSITIVE);
    // What is both is junk: it is not in the ranking.
    for (const list of out) for (const row of query[list]) own.set(row, OUT);
    return own;
  });
  const ranks = await positiveRanks(cosines, 0, queries.length, {
    ...options,
    roleOf: (q, row) => roles[q]!.get(row) ?? NEGATIVE,
  });
  return ranks.map((own) =>
    own.length === 0
      ? null
      : {
          positives: own.length,
          ap: trapezoidAveragePrecision(own),
          precision: PRECISION_AT.map((k) => cappedPrecisionAt(own, k)),
        },
  );
}
