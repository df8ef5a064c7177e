/** What is said of a matrix' coefficients: p-values, those adjusted for many pairs, intervals. The diagonal has none. */
import {
  type Coefficient,
  correlationPValue,
  fisherInterval,
  holm,
  type Interval,
  kendallInterval,
  spearmanInterval,
} from "@transferboard/eval-core/stats";
import type { Matrix } from "./matrix-in-parts.ts";

const INTERVALS = {
  PEARSON: fisherInterval,
  SPEARMAN: spearmanInterval,
  KENDALL: kendallInterval,
} as const satisfies Record<Coefficient, (coefficient: number, n: number) => Interval | null>;

const onDiagonal = ({ size }: Matrix, at: number) => at % (size + 1) === 0;

export function pValuesOf(matrix: Matrix, coefficient: Coefficient): Float64Array {
  const { size, coefficients, counts, pValues } = matrix;
  const found = new Float64Array(size * size).fill(Number.NaN);
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) {
      const at = i * size + j;
      const r = coefficients[at]!;
      if (Number.isNaN(r)) continue;
      const p = coefficient === "KENDALL" ? pValues![at]! : correlationPValue(r, counts[at]! - 2);
      found[at] = found[j * size + i] = p;
    }
  }
  return found;
}

/** Every pair counts once. */
export function adjustedOf({ size }: Matrix, pValues: Float64Array): Float64Array {
  const places: number[] = [];
  for (let i = 0; i < size; i++) for (let j = i + 1; j < size; j++) places.push(i * size + j);
  const adjusted = holm(places.map((at) => pValues[at]!));
  const found = new Float64Array(size * size).fill(Number.NaN);
  for (const [place, at] of places.entries()) {
    const [i, j] = [Math.floor(at / size), at % size];
    found[at] = found[j * size + i] = adjusted[place]!;
  }
  return found;
}

export function intervalAt(matrix: Matrix, coefficient: Coefficient, at: number): Interval | null {
  const r = matrix.coefficients[at]!;
  if (Number.isNaN(r) || onDiagonal(matrix, at)) return null;
  return INTERVALS[coefficient](r, matrix.counts[at]!);
}
