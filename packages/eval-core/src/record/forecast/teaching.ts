/** Which single evaluation of a method would teach most about its other values. */
import { invertInPlace } from "./inverse.ts";
import { addPacked, type FactorModel, packed, packedSize, predictiveVariance } from "./model.ts";

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
  const q = packedSize(k + 1);
  const sum = new Float64Array(q);
  const open: number[] = [];
  for (let j = 0; j < columns; j++) {
    if (measured(j)) addPacked(sum, ww, j * q, tau[j]!);
    else open.push(j);
  }
  const precision = (more?: number): Float64Array => {
    const own = sum.slice();
    if (more !== undefined) addPacked(own, ww, more * q, tau[more]!);
    const small = new Float64Array(k * k);
    for (let a = 0; a < k; a++)
      for (let b = 0; b <= a; b++) small[a * k + b] = own[packed(a, b)]! + (a === b ? 1 : 0);
    invertInPlace(small, k);
    return small;
  };
  // Σ over open columns of ⟨w wᵀ⟩; one's own is taken off again.
  const all = new Float64Array(q);
  for (const j of open) addPacked(all, ww, j * q, 1);
  const before = precision();
  const lessons = open.map((column): Lesson => {
    const after = precision(column);
    let reduction = 0;
    for (let a = 0; a < k; a++) {
      for (let b = 0; b <= a; b++) {
        const others = all[packed(a, b)]! - ww[column * q + packed(a, b)]!;
        reduction += (a === b ? 1 : 2) * others * (before[a * k + b]! - after[a * k + b]!);
      }
    }
    return { column, reduction };
  });
  lessons.sort((x, y) => y.reduction - x.reduction || x.column - y.column);
  return { variance: open.reduce((total, j) => total + predictiveVariance(model, row, j), 0), lessons };
}
