/** What a table of results predicts of every cell, known or not. A forecast is never ranked, averaged or recorded. */
import { studentTQuantile } from "../../stats/distributions.ts";
import { expectation, type FactorModel, type FitOptions, fitFactors, predictiveVariance } from "./model.ts";
import { type Bounds, fromForecastScale, type Matrix, type Standardised, standardise } from "./scale.ts";

export interface Forecast {
  readonly standard: Standardised;
  readonly model: FactorModel;
  /** On the forecast scale, [row, column] of the whole table; NaN in columns that are not forecast. */
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  /** Of each column's Student interval; NaN where it is not forecast. */
  readonly degrees: Float64Array;
}

/** @param table on the forecast scale, NaN where a value is not known */
export function forecastTable(table: Matrix, options: FitOptions = {}): Forecast {
  const standard = standardise(table);
  const model = fitFactors(standard.matrix, options);
  const { rows, columns } = table;
  const means = new Float64Array(rows * columns).fill(Number.NaN);
  const deviations = new Float64Array(rows * columns).fill(Number.NaN);
  const degrees = new Float64Array(columns).fill(Number.NaN);
  for (const [at, j] of standard.kept.entries()) {
    degrees[j] = model.degrees[at]!;
    for (let i = 0; i < rows; i++) {
      means[i * columns + j] = standard.means[j]! + standard.deviations[j]! * expectation(model, i, at);
      deviations[i * columns + j] = standard.deviations[j]! * Math.sqrt(predictiveVariance(model, i, at));
    }
  }
  return { standard, model, means, deviations, degrees };
}

/** Cells of a column share their degrees of freedom: whole numbers, as many as there are methods at most. */
const quantiles = new Map<number, number>();
function quantileOf(degrees: number): number {
  let found = quantiles.get(degrees);
  if (found === undefined) {
    found = studentTQuantile(0.975, degrees);
    quantiles.set(degrees, found);
  }
  return found;
}

export interface ForecastValue {
  /** The median, in the metric's unit. */
  readonly value: number;
  /** 95%. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * A mean and a deviation on the forecast scale, back in the metric's unit.
 * @param kappa widens the interval: 1 where left-out cells were covered as they should be
 */
export function backInUnit(
  mean: number,
  deviation: number,
  degrees: number,
  bounds: Bounds,
  kappa = 1,
): ForecastValue {
  const half = kappa * quantileOf(degrees) * deviation;
  return {
    value: fromForecastScale(mean, bounds),
    lower: fromForecastScale(mean - half, bounds),
    upper: fromForecastScale(mean + half, bounds),
  };
}
