/**
 * How good forecasts are: known cells are left out, everything is fitted again without them, and the forecasts are held
 * against what was measured.
 */
import { mean, quantile } from "../../stats/describe.ts";
import { NumpyRandomState } from "../../tensor/mt19937.ts";
import { backInUnit, type ForecastValue, forecastTable } from "./forecast.ts";
import type { Guess } from "./guesses.ts";
import { type Bounds, FEWEST_VALUES, type Matrix, toForecastScale } from "./scale.ts";

/** Up to this many known cells each is left out by itself; up to the second, a tenth at a time; beyond, one tenth. */
const MOST_SINGLE = 1_500;
const MOST_FOLDS = 50_000;
const FOLDS = 10;
/** With fewer left-out cells than this the intervals are taken as they are. */
const FEWEST_FOR_KAPPA = 50;

export interface LeftOut extends ForecastValue {
  readonly row: number;
  readonly column: number;
  /** On the forecast scale. */
  readonly truth: number;
}

/** The cells that may be left out, in the groups that are left out together. */
export function leftOutGroups({ rows, columns, data }: Matrix): number[][] {
  const counts = new Uint32Array(columns);
  const known: number[] = [];
  for (let cell = 0; cell < rows * columns; cell++) {
    if (Number.isNaN(data[cell]!)) continue;
    known.push(cell);
    counts[cell % columns]!++;
  }
  if (known.length <= MOST_SINGLE) {
    return known.filter((cell) => counts[cell % columns]! > FEWEST_VALUES).map((cell) => [cell]);
  }
  const order = new NumpyRandomState(0).permutation(known.length);
  const folds: number[][] = Array.from({ length: FOLDS }, () => []);
  // [fold, column]: how many of the column the fold leaves out.
  const left = new Uint32Array(FOLDS * columns);
  for (const [position, index] of order.entries()) {
    const cell = known[index]!;
    const fold = position % FOLDS;
    const key = fold * columns + (cell % columns);
    // A column that would fall below four values keeps this one.
    if (counts[cell % columns]! - left[key]! - 1 < FEWEST_VALUES) continue;
    left[key]!++;
    folds[fold]!.push(cell);
  }
  return known.length <= MOST_FOLDS ? folds : folds.slice(0, 1);
}

/**
 * Every left-out cell with its forecast by the low-rank model.
 * @param bounds of each column's metric
 */
export function* leaveOut(table: Matrix, bounds: readonly Bounds[]): Generator<LeftOut> {
  const { columns, data } = table;
  for (const group of leftOutGroups(table)) {
    const without = { ...table, data: data.slice() };
    for (const cell of group) without.data[cell] = Number.NaN;
    const { means, deviations, degrees } = forecastTable(without);
    for (const cell of group) {
      const column = cell % columns;
      if (Number.isNaN(degrees[column]!)) continue;
      const value = backInUnit(means[cell]!, deviations[cell]!, degrees[column]!, bounds[column]!);
      yield { row: Math.floor(cell / columns), column, truth: data[cell]!, ...value };
    }
  }
}

/** The same cells by a plain guess. */
export function* leaveOutBy(guess: Guess, table: Matrix, bounds: readonly Bounds[]): Generator<LeftOut> {
  const { columns, data } = table;
  const without = { ...table, data: data.slice() };
  for (const group of leftOutGroups(table)) {
    for (const cell of group) without.data[cell] = Number.NaN;
    const guessAt = guess(without);
    for (const cell of group) {
      const [row, column] = [Math.floor(cell / columns), cell % columns];
      const { mean: centre, deviation, degrees } = guessAt(row, column);
      yield { row, column, truth: data[cell]!, ...backInUnit(centre, deviation, degrees, bounds[column]!) };
    }
    for (const cell of group) without.data[cell] = data[cell]!;
  }
}

/** Of intervals that hold 95% of left-out cells: 1, or what they have to be widened by. */
export function kappaOf(cells: readonly LeftOut[], bounds: readonly Bounds[]): number {
  if (cells.length < FEWEST_FOR_KAPPA) return 1;
  const ratios = cells.map(({ truth, lower, upper, column }) => {
    const [a, b] = [lower, upper].map((end) => toForecastScale(end, bounds[column]!)) as [number, number];
    return Math.abs(truth - (a + b) / 2) / ((b - a) / 2);
  });
  return Math.max(1, quantile(ratios, 0.95));
}

export interface ForecastErrors {
  readonly cells: number;
  /** In points: percent as it is, fractions times 100; over metrics bounded on both sides. */
  readonly medianPoints: number;
  readonly meanPoints: number;
  /** In deviations of the column, on the forecast scale. */
  readonly medianDeviations: number;
  readonly rmsDeviations: number;
  /** Percent of cells that their 95% interval holds. */
  readonly coverage: number;
}

/**
 * @param values as measured, in the metric's unit, [row, column]
 * @param deviations of each column on the forecast scale
 */
export function errorsOf(
  cells: readonly LeftOut[],
  values: Matrix,
  bounds: readonly Bounds[],
  deviations: ArrayLike<number>,
): ForecastErrors {
  const points: number[] = [];
  const standard: number[] = [];
  let covered = 0;
  for (const { row, column, value, lower, upper } of cells) {
    const measured = values.data[row * values.columns + column]!;
    const own = bounds[column]!;
    if (own.upper !== null) points.push(Math.abs(value - measured) * (100 / (own.upper - own.lower)));
    standard.push(
      Math.abs(toForecastScale(value, own) - toForecastScale(measured, own)) / deviations[column]!,
    );
    if (lower <= measured && measured <= upper) covered++;
  }
  return {
    cells: cells.length,
    medianPoints: points.length > 0 ? quantile(points, 0.5) : Number.NaN,
    meanPoints: mean(points),
    medianDeviations: quantile(standard, 0.5),
    rmsDeviations: Math.sqrt(mean(standard.map((z) => z * z))),
    coverage: (100 * covered) / cells.length,
  };
}
