/** Which single evaluation of a method would teach most about its other values. */
import { invertInPlace } from "./inverse.ts";
import { addLower, type FactorModel, predictiveVariance } from "./model.ts";

export interface Lesson {
  /** A column of the fitted matrix. */
  readonly column: number;
  /** The standardised variance that measuring it takes from the other unmeasured columns. */
  readonly reduction: number;
}

export interface Teaching {
  /** Of all unmeasured columns together, before. */
  readonly variance: number;
  /** The most telling first; ties in the order of columns. */
  readonly lessons: readonly Lesson[];
}

/**
 * @param measured whether the row's value in a column is known
 * A column's own uncertainty does not count: noisy measures would win.
 */
export function teaching(model: FactorModel, row: number, measured: (column: number) => boolean): Teaching {
  const { factors: k, columns, ww, tau } = model;
  const p = k + 1;
  const sum = new Float64Array(p * p);
  const open: number[] = [];
  for (let j = 0; j < columns; j++) {
    if (measured(j)) addLower(sum, ww, j * p * p, tau[j]!, p);
    else open.push(j);
  }
  const precision = (more?: number): Float64Array => {
    const own = sum.slice();
    if (more !== undefined) addLower(own, ww, more * p * p, tau[more]!, p);
    const small = new Float64Array(k * k);
    for (let a = 0; a < k; a++)
      for (let b = 0; b <= a; b++) small[a * k + b] = own[a * p + b]! + (a === b ? 1 : 0);
    invertInPlace(small, k);
    return small;
  };
  // Σ over open columns of ⟨w wᵀ⟩; one's own is taken off again.
  const all = new Float64Array(k * k);
  for (const j of open)
    for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) all[a * k + b]! += ww[j * p * p + a * p + b]!;
  const before = precision();
  const lessons = open.map((column): Lesson => {
    const after = precision(column);
    let reduction = 0;
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < k; b++) {
        const others = all[a * k + b]! - ww[column * p * p + a * p + b]!;
        reduction += others * (before[a * k + b]! - after[a * k + b]!);
      }
    }
    return { column, reduction };
  });
  lessons.sort((x, y) => y.reduction - x.reduction || x.column - y.column);
  return { variance: open.reduce((total, j) => total + predictiveVariance(model, row, j), 0), lessons };
}
