/**
 * The scale on which values are forecast: the logit of a metric bounded on both sides, the logarithm above a single
 * bound; then each column less its mean, divided by its deviation.
 */
import { mean, standardDeviation } from "../../stats/describe.ts";

export interface Bounds {
  readonly lower: number;
  /** Null where the metric has no upper end. */
  readonly upper: number | null;
}

/** A share is kept this far from 0 and 1: a logit of either would be infinite. */
const LEAST_SHARE = 5e-4;
const LEAST_ABOVE = 1e-6;
/** Columns with fewer values, or with less spread, are not forecast and not used. */
export const FEWEST_VALUES = 4;
const LEAST_DEVIATION = 1e-9;

export function toForecastScale(value: number, { lower, upper }: Bounds): number {
  if (upper === null) return Math.log(Math.max(value - lower, LEAST_ABOVE));
  const share = Math.min(Math.max((value - lower) / (upper - lower), LEAST_SHARE), 1 - LEAST_SHARE);
  return Math.log(share / (1 - share));
}

export function fromForecastScale(value: number, { lower, upper }: Bounds): number {
  if (upper === null) return lower + Math.exp(value);
  return lower + (upper - lower) / (1 + Math.exp(-value));
}

/** [row, column], row-major; NaN where nothing is known. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export function matrixOf(rows: readonly (readonly (number | null)[])[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * columns).fill(Number.NaN);
  for (const [i, row] of rows.entries())
    for (const [j, value] of row.entries()) if (value !== null) data[i * columns + j] = value;
  return { rows: rows.length, columns, data };
}

export interface Standardised {
  /** The columns that are forecast, each with mean 0 and deviation 1 over its known values. */
  readonly matrix: Matrix;
  /** Where each of its columns was in the whole. */
  readonly kept: readonly number[];
  /** Of every column of the whole; NaN where it has no value. */
  readonly means: Float64Array;
  /** Sample deviation; NaN where it is not forecast. */
  readonly deviations: Float64Array;
}

export function standardise({ rows, columns, data }: Matrix): Standardised {
  const means = new Float64Array(columns).fill(Number.NaN);
  const deviations = new Float64Array(columns).fill(Number.NaN);
  const kept: number[] = [];
  for (let j = 0; j < columns; j++) {
    const known: number[] = [];
    for (let i = 0; i < rows; i++) {
      const value = data[i * columns + j]!;
      if (!Number.isNaN(value)) known.push(value);
    }
    if (known.length > 0) means[j] = mean(known);
    const deviation = known.length > 1 ? standardDeviation(known, "sample") : 0;
    if (known.length < FEWEST_VALUES || deviation < LEAST_DEVIATION) continue;
    deviations[j] = deviation;
    kept.push(j);
  }
  const standard = new Float64Array(rows * kept.length);
  for (let i = 0; i < rows; i++) {
    for (const [at, j] of kept.entries()) {
      standard[i * kept.length + at] = (data[i * columns + j]! - means[j]!) / deviations[j]!;
    }
  }
  return { matrix: { rows, columns: kept.length, data: standard }, kept, means, deviations };
}
