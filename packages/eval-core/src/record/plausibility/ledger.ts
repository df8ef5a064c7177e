/** The table of all other methods' values, fitted once: what a new method's values are held against. */

import { standardDeviation } from "../../stats/describe.ts";
import { type Forecast, forecastTable } from "../forecast/forecast.ts";
import { addPacked, multiply, packed, packedSize, posterior } from "../forecast/model.ts";
import { type Bounds, type Matrix, matrixOf, toForecastScale } from "../forecast/scale.ts";

export interface Residual {
  /** Standardised value less its expectation from the method's other values. */
  readonly residual: number;
  readonly deviation: number;
  /** The expectation, standardised. */
  readonly expected: number;
}

/** The model of values in their metrics' units. @param bounds of each column's metric */
export function fitOf(values: Matrix, bounds: readonly Bounds[]): Forecast {
  const data = values.data.map((value, cell) => toForecastScale(value, bounds[cell % values.columns]!));
  return forecastTable({ ...values, data });
}

interface Column {
  readonly values: readonly number[];
  readonly known: readonly number[];
  readonly deviation: number;
}

export class PlausibilityLedger {
  readonly methods: readonly string[];
  readonly measures: readonly string[];
  readonly values: Matrix;
  readonly forecast: Forecast;
  /** The row that is left out of `values`, -1 where none is. */
  readonly #hidden: number;
  readonly #index: ReadonlyMap<string, number>;
  /** Place among the forecast columns. */
  readonly #forecastIndex: ReadonlyMap<number, number>;
  readonly #columns = new Map<number, Column>();

  /**
   * @param values [method, measure] in the metrics' units, NaN where there is none
   * @param forecast of these values
   * @param hidden a row of `values` that is held against the others: as if it were not there; `forecast` must not know it
   */
  constructor(
    methods: readonly string[],
    measures: readonly string[],
    values: Matrix,
    forecast: Forecast,
    hidden = -1,
  ) {
    this.methods = methods;
    this.measures = measures;
    this.values = values;
    this.forecast = forecast;
    this.#hidden = hidden;
    this.#index = new Map(measures.map((measure, j) => [measure, j]));
    this.#forecastIndex = new Map(this.forecast.standard.kept.map((j, at) => [j, at]));
  }

  /** Fits the model. @param rows [method, measure] in the metrics' units, null where there is none */
  static of(
    methods: readonly string[],
    measures: readonly string[],
    rows: readonly (readonly (number | null)[])[],
    bounds: (measure: string) => Bounds,
  ): PlausibilityLedger {
    const values = matrixOf(rows);
    return new PlausibilityLedger(methods, measures, values, fitOf(values, measures.map(bounds)));
  }

  column(measure: string): number | undefined {
    return this.#index.get(measure);
  }

  isForecast(column: number): boolean {
    return this.#forecastIndex.has(column);
  }

  #column(column: number): Column {
    let found = this.#columns.get(column);
    if (!found) {
      const { rows, columns, data } = this.values;
      const values = Array.from({ length: rows }, (_, i) =>
        i === this.#hidden ? Number.NaN : data[i * columns + column]!,
      );
      const known = values.filter((value) => !Number.isNaN(value));
      found = { values, known, deviation: standardDeviation(known, "sample") };
      this.#columns.set(column, found);
    }
    return found;
  }

  /** A measure's values, method by method; NaN where one has none. */
  valuesOf(column: number): readonly number[] {
    return this.#column(column).values;
  }

  /** Those that are known. */
  knownOf(column: number): readonly number[] {
    return this.#column(column).known;
  }

  /** Sample deviation of a measure's known values. */
  deviationOf(column: number): number {
    return this.#column(column).deviation;
  }

  /**
   * Of each value of one method that is not in the ledger: how far it lies from what the method's others predict.
   * @param row values on the forecast scale by column; every column must be forecast
   */
  residuals(row: ReadonlyMap<number, number>): Map<number, Residual> {
    const { model, standard } = this.forecast;
    const { factors: k, w, ww, tau } = model;
    const p = k + 1;
    const q = packedSize(p);
    const columns = [...row.keys()].sort((a, b) => a - b);
    const place = (j: number) => this.#forecastIndex.get(j)!;
    const y = (j: number) => (row.get(j)! - standard.means[j]!) / standard.deviations[j]!;
    const answer = new Map<number, Residual>();
    for (const c of columns) {
      const precision = new Float64Array(q);
      const right = new Float64Array(k);
      for (const j of columns) {
        if (j === c) continue;
        const at = place(j);
        addPacked(precision, ww, at * q, tau[at]!);
        for (let a = 0; a < k; a++) right[a]! += tau[at]! * y(j) * w[at * p + a]!;
      }
      const covariance = new Float64Array(k * k);
      posterior(precision, right, covariance, k);
      const u = new Float64Array(p).fill(1);
      multiply(covariance, right, u, 0, k);
      const at = place(c);
      let expected = 0;
      let second = 0;
      for (let a = 0; a < p; a++) {
        expected += w[at * p + a]! * u[a]!;
        for (let b = 0; b <= a; b++) {
          const own = a < k ? covariance[a * k + b]! : 0;
          second += (a === b ? 1 : 2) * (u[a]! * u[b]! + own) * ww[at * q + packed(a, b)]!;
        }
      }
      const variance = second - expected ** 2 + 1 / tau[at]!;
      answer.set(c, { residual: y(c) - expected, deviation: Math.sqrt(variance), expected });
    }
    return answer;
  }

  degreesOf(column: number): number {
    return this.forecast.degrees[column]!;
  }

  /** Mean and deviation of a column on the forecast scale. */
  scaleOf(column: number): { readonly mean: number; readonly deviation: number } {
    const { means, deviations } = this.forecast.standard;
    return { mean: means[column]!, deviation: deviations[column]! };
  }
}
