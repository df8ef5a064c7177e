/** The heavy statistics that are computed in threads: plain data in, plain data out, the same for the same question. */

import {
  type Bounds,
  compareOnImages,
  type Draws,
  everyPair,
  type Forecast,
  type ForecastAnswer,
  type ForecastTask,
  fitForecast,
  fitOf,
  type ImageMetric,
  type LedgerFinding,
  type LedgerTable,
  ledgerFindings,
  type Matrix,
  type OfferedTable,
  type PairTest,
  type Predictions,
  type Significance,
  type TableFinding,
  type TestSet,
  tableFindings,
} from "@transferboard/eval-core/record";
import {
  bootstrapInterval,
  type Coefficient,
  coefficientOf,
  type Interval,
  type RankBootstrap,
  rankBootstrap,
} from "@transferboard/eval-core/stats";
import { SeededRandom } from "@transferboard/eval-core/tensor";
import { computePart, type PartOfMatrix } from "../modules/correlation/matrix-part.ts";

export interface Tasks {
  /** BCa of a coefficient over resampled methods. */
  readonly coefficient: {
    readonly given: {
      readonly x: readonly number[];
      readonly y: readonly number[];
      readonly coefficient: Coefficient;
      readonly resamples: number;
      readonly seed: number;
    };
    readonly found: Interval | null;
  };
  /** BCa of the root mean square, each list of squared errors for itself. */
  readonly errors: {
    readonly given: {
      readonly squares: ArrayLike<number>;
      readonly resamples: number;
      readonly seed: number;
    };
    readonly found: Interval | null;
  };
  /** Ranks over resampled columns. */
  readonly ranks: {
    readonly given: {
      readonly scores: readonly Float64Array[];
      readonly clusters: readonly number[];
      readonly resamples: number;
      readonly seed: number;
    };
    readonly found: RankBootstrap | null;
  };
  /** Two methods on the same test images, with resamples and permutations. */
  readonly pair: {
    readonly given: {
      readonly metric: ImageMetric;
      readonly pair: readonly [Predictions, Predictions];
      readonly testSet: TestSet;
      readonly draws: Draws;
    };
    readonly found: Significance;
  };
  /** Implausible values of the whole ledger. */
  readonly findings: { readonly given: LedgerTable; readonly found: LedgerFinding[] };
  /** The model that offered values are held against. */
  readonly fit: {
    readonly given: { readonly values: Matrix; readonly bounds: readonly Bounds[] };
    readonly found: Forecast;
  };
  /** Implausible values of a table that is offered. */
  readonly table: { readonly given: OfferedTable; readonly found: TableFinding[] };
  /** Every two of several methods. */
  readonly pairs: {
    readonly given: {
      readonly metric: ImageMetric;
      readonly methods: readonly Predictions[];
      readonly testSet: TestSet;
    };
    readonly found: PairTest[];
  };
  /** Part of a correlation matrix: what is found is written to the memory that came with it. */
  readonly matrix: { readonly given: PartOfMatrix; readonly found: null };
  /** The model of all results, and how good it is. */
  readonly forecast: { readonly given: ForecastTask; readonly found: ForecastAnswer };
}

export type TaskName = keyof Tasks;
export type Computations = {
  readonly [Name in TaskName]: (given: Tasks[Name]["given"]) => Tasks[Name]["found"];
};

export const computations: Computations = {
  coefficient({ x, y, coefficient, resamples, seed }) {
    if (coefficientOf(x, y, coefficient) === null) return null;
    const [u, v] = [new Float64Array(x.length), new Float64Array(x.length)];
    return bootstrapInterval({
      n: x.length,
      resamples,
      random: new SeededRandom(seed),
      statistic: (indices) => {
        for (const [at, i] of indices.entries()) {
          u[at] = x[i]!;
          v[at] = y[i]!;
        }
        const isWhole = indices.length === u.length;
        const [us, vs] = isWhole ? [u, v] : [u.subarray(0, indices.length), v.subarray(0, indices.length)];
        return coefficientOf(us, vs, coefficient) ?? Number.NaN;
      },
    });
  },
  errors({ squares, resamples, seed }) {
    return bootstrapInterval({
      n: squares.length,
      resamples,
      random: new SeededRandom(seed),
      statistic: (indices) => {
        let sum = 0;
        for (const i of indices) sum += squares[i]!;
        return Math.sqrt(sum / indices.length);
      },
    });
  },
  findings: (table) => ledgerFindings(table),
  fit: ({ values, bounds }) => fitOf(values, bounds),
  table: tableFindings,
  pair: ({ metric, pair, testSet, draws }) => compareOnImages(metric, pair, testSet, draws),
  pairs: ({ metric, methods, testSet }) => everyPair(metric, methods, testSet),
  ranks: ({ scores, clusters, resamples, seed }) =>
    rankBootstrap({ scores, clusters, resamples, random: new SeededRandom(seed) }),
  matrix: computePart,
  forecast: fitForecast,
};
