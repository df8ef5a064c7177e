/** Two plain ways to guess a cell, beside which the low-rank model has to stand: the column's mean, and a line on ImageNet accuracy. */
import { mean, standardDeviation } from "../../stats/describe.ts";
import type { Matrix } from "./scale.ts";

/** On the forecast scale. */
export interface Guessed {
  readonly mean: number;
  readonly deviation: number;
  readonly degrees: number;
}

/** Guesses cells of a table that lacks them; what holds of a whole column is computed once. */
export type Guess = (table: Matrix) => (row: number, column: number) => Guessed;

function columnOf({ rows, columns, data }: Matrix, j: number): number[] {
  return Array.from({ length: rows }, (_, i) => data[i * columns + j]!);
}

/** Computed where it is first asked for. */
function once<T>(make: (column: number) => T): (column: number) => T {
  const made = new Map<number, T>();
  return (column) => {
    let found = made.get(column);
    if (found === undefined) {
      found = make(column);
      made.set(column, found);
    }
    return found;
  };
}

export const columnMean: Guess = (table) => {
  const ofColumn = once((j): Guessed => {
    const known = columnOf(table, j).filter((value) => !Number.isNaN(value));
    const n = known.length;
    const deviation = standardDeviation(known, "sample") * Math.sqrt(1 + 1 / n);
    return { mean: mean(known), deviation, degrees: n - 1 };
  });
  return (_, j) => ofColumn(j);
};

/** Least squares of one column on another, over the rows that know both. */
interface Line {
  readonly n: number;
  readonly mx: number;
  readonly my: number;
  /** Σ (x - mx)² */
  readonly sx: number;
  readonly slope: number;
  /** Of the residuals. */
  readonly squares: number;
}

/** Least squares on one column, ImageNet accuracy as a rule; the column's mean where it is not known of the row. */
export const lineOn =
  (from: number): Guess =>
  (table) => {
    const byMean = columnMean(table);
    const xs = columnOf(table, from);
    const lineOf = once((j): Line => {
      const ys = columnOf(table, j);
      const pairs = xs.flatMap((x, row) =>
        Number.isNaN(x) || Number.isNaN(ys[row]!) ? [] : [[x, ys[row]!] as const],
      );
      const mx = mean(pairs.map(([x]) => x));
      const my = mean(pairs.map(([, y]) => y));
      const sx = pairs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
      const slope = pairs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / sx;
      const squares = pairs.reduce((sum, [x, y]) => sum + (y - my - slope * (x - mx)) ** 2, 0);
      return { n: pairs.length, mx, my, sx, slope, squares };
    });
    return (i, j) => {
      const at = xs[i]!;
      if (j === from || Number.isNaN(at)) return byMean(i, j);
      const { n, mx, my, sx, slope, squares } = lineOf(j);
      if (n < 3) return byMean(i, j);
      const deviation = Math.sqrt((squares / (n - 2)) * (1 + 1 / n + (at - mx) ** 2 / sx));
      return { mean: my + slope * (at - mx), deviation, degrees: n - 2 };
    };
  };
