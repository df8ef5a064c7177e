/** Values far from what a method's other values predict, by the model of all other methods. */
import { quantile } from "../../stats/describe.ts";
import { studentTQuantile, studentTTwoSided } from "../../stats/distributions.ts";
import { fromForecastScale, toForecastScale } from "../forecast/scale.ts";
import { type Say, shown } from "./finding.ts";
import type { Facts, OfferedValue } from "./input.ts";
import type { PlausibilityLedger, Residual } from "./ledger.ts";

const LEAST_VALUES = 4;
const LEVEL = 1e-4;
/** A value fits an expectation within this many deviations. */
const FITS = 2.5;

interface Cell extends Residual {
  readonly column: number;
  readonly index: number;
  readonly value: number;
  readonly measure: string;
  /** The residual in deviations, by the row's own scale. */
  readonly ratio: number;
}

export function checkOutliers(
  values: readonly OfferedValue[],
  leftOut: ReadonlySet<number>,
  ledger: PlausibilityLedger,
  facts: Facts,
  say: Say,
): void {
  const given = new Map<number, { index: number; value: number; measure: string }>();
  for (const [index, { measure, value }] of values.entries()) {
    const column = ledger.column(measure);
    if (column !== undefined && ledger.isForecast(column) && !leftOut.has(index)) {
      given.set(column, { index, value, measure });
    }
  }
  if (given.size < LEAST_VALUES) return;
  const scaled = (measure: string, value: number) => toForecastScale(value, facts.bounds(measure));
  const row = new Map([...given].map(([column, { measure, value }]) => [column, scaled(measure, value)]));
  const residuals = ledger.residuals(row);
  const sizes = [...residuals.values()].map(({ residual, deviation }) => Math.abs(residual) / deviation);
  // An unusual method makes everything wider, not everything wrong.
  const widening = Math.max(1, 1.4826 * quantile(sizes, 0.5));
  const cells = [...residuals].map(([column, own]): Cell => {
    const ratio = own.residual / own.deviation / widening;
    return { column, ...given.get(column)!, ...own, ratio };
  });
  /** Whether a value would be where this cell is expected. */
  const fits = (cell: Cell, value: number): boolean => {
    const { lower, upper } = facts.bounds(cell.measure);
    if (upper === null || value < lower || value > upper) return false;
    const { mean, deviation } = ledger.scaleOf(cell.column);
    const standard = (scaled(cell.measure, value) - mean) / deviation;
    return Math.abs((standard - cell.expected) / cell.deviation / widening) < FITS;
  };
  const sameBounds = (a: Cell, b: Cell) => {
    const [x, y] = [facts.bounds(a.measure), facts.bounds(b.measure)];
    return x.lower === y.lower && x.upper === y.upper;
  };
  const far = cells
    .filter(
      ({ ratio, residual, column }) =>
        studentTTwoSided(ratio, ledger.degreesOf(column)) < LEVEL && Math.abs(residual) > 1,
    )
    .sort((a, b) => Math.abs(b.ratio) - Math.abs(a.ratio) || a.column - b.column);
  const said = new Set<Cell>();
  for (const cell of far) {
    if (said.has(cell)) continue;
    const mates = cells.filter(
      (other) =>
        other !== cell &&
        Math.abs(other.ratio) > 2 &&
        sameBounds(cell, other) &&
        fits(cell, other.value) &&
        fits(other, cell.value),
    );
    const mate = mates.toSorted((a, b) => Math.abs(b.ratio) - Math.abs(a.ratio))[0];
    if (mate) {
      said.add(mate);
      say(
        "SWAPPED",
        cell.index,
        `${shown(cell.value)} and the ${shown(mate.value)} of ${mate.measure} look exchanged: each is where the other is expected.`,
      );
      continue;
    }
    const half = studentTQuantile(0.99995, ledger.degreesOf(cell.column)) * cell.deviation * widening;
    const { mean, deviation } = ledger.scaleOf(cell.column);
    const [low, high] = [-half, half].map((step) =>
      shown(fromForecastScale(mean + deviation * (cell.expected + step), facts.bounds(cell.measure))),
    );
    if (facts.bounds(cell.measure).upper === 100 && fits(cell, 100 - cell.value)) {
      say(
        "ERROR_RATE",
        cell.index,
        `${shown(cell.value)} looks like an error rate: its other values predict ${low} to ${high}, and 100 - ${shown(cell.value)} lies in it.`,
      );
    } else {
      say(
        "OUTLIER",
        cell.index,
        `${shown(cell.value)} is far from what the method's other values predict: ${low} to ${high}.`,
      );
    }
  }
}
