/** One correlation as a reader of the board asks for it: with n, p-value, interval, line, and a reason for each null. */

import { type Interval, isConstant } from "./describe.ts";
import { type Numbers, requireLevel, requirePairs, StatisticsError } from "./input.ts";
import { fisherInterval, kendallInterval, spearmanInterval } from "./intervals.ts";
import { kendallCoefficient, kendallTauB } from "./kendall.ts";
import { type Association, pearson, pearsonCoefficient, spearman } from "./pearson.ts";
import { averageRanks } from "./ranks.ts";
import { linearRegression, type Regression } from "./regression.ts";

export const COEFFICIENTS = ["PEARSON", "SPEARMAN", "KENDALL"] as const;
export type Coefficient = (typeof COEFFICIENTS)[number];

interface Definition {
  readonly associate: (x: Numbers, y: Numbers) => Association;
  readonly interval: (coefficient: number, n: number, level: number) => Interval | null;
}

const DEFINITIONS: Readonly<Record<Coefficient, Definition>> = {
  PEARSON: { associate: pearson, interval: fisherInterval },
  SPEARMAN: { associate: spearman, interval: spearmanInterval },
  KENDALL: { associate: kendallTauB, interval: kendallInterval },
};

/** @throws StatisticsError on a name that is not one of COEFFICIENTS. */
export function definitionOf(coefficient: Coefficient): Definition {
  const definition = Object.hasOwn(DEFINITIONS, coefficient) ? DEFINITIONS[coefficient] : undefined;
  if (definition) return definition;
  throw new StatisticsError(`'${coefficient}' is not a coefficient: one of ${COEFFICIENTS.join(", ")}.`);
}

export interface CorrelateOptions {
  readonly x: Numbers;
  readonly y: Numbers;
  /** PEARSON where not given. */
  readonly coefficient?: Coefficient;
  /** Confidence of the interval, 0.95 where not given. */
  readonly level?: number;
}

export interface Correlation {
  readonly n: number;
  readonly coefficient: number | null;
  readonly pValue: number | null;
  /** By Fisher's z (intervals.ts); null with fewer than 4 points (5 for Kendall). */
  readonly interval: Interval | null;
  /** The least-squares line of y on x, whatever the coefficient; null wherever the coefficient is. */
  readonly regression: Regression | null;
  /** Why the coefficient is null. */
  readonly reason?: string;
}

/** Why no correlation can be given for these columns, or null where one can. */
export function whyUndefined(x: Numbers, y: Numbers): string | null {
  if (x.length < 3) return `A correlation needs at least 3 points: found ${x.length}.`;
  const flat = [isConstant(x) && "x", isConstant(y) && "y"].filter((name) => name !== false);
  if (flat.length === 0) return null;
  return `All ${x.length} values of ${flat.join(" and of ")} are equal: without variance there is no correlation.`;
}

/**
 * The correlation of two columns of finite numbers. What is missing is left out before, by the caller, who knows
 * whose value it was; with fewer than 3 points or no variance the answer is null and says why.
 * @throws StatisticsError on columns of different lengths, NaN or infinity, and unknown options.
 */
export function correlate({ x, y, coefficient = "PEARSON", level = 0.95 }: CorrelateOptions): Correlation {
  const definition = definitionOf(coefficient);
  requireLevel(level);
  requirePairs(x, y);
  const n = x.length;
  const reason = whyUndefined(x, y);
  if (reason) return { n, coefficient: null, pValue: null, interval: null, regression: null, reason };
  const association = definition.associate(x, y);
  return {
    n,
    ...association,
    interval: definition.interval(association.coefficient, n, level),
    regression: linearRegression(x, y),
  };
}

const LEAN: Readonly<Record<Coefficient, (x: Numbers, y: Numbers) => number>> = {
  PEARSON: pearsonCoefficient,
  SPEARMAN: (x, y) => pearsonCoefficient(averageRanks(x), averageRanks(y)),
  KENDALL: kendallCoefficient,
};

/**
 * `correlate`'s coefficient alone, for those who ask ten thousand times: no p-value, no interval, no line. Null where it is
 * not defined. The numbers are the caller's to check.
 */
export function coefficientOf(x: Numbers, y: Numbers, coefficient: Coefficient): number | null {
  return whyUndefined(x, y) === null ? LEAN[coefficient](x, y) : null;
}
