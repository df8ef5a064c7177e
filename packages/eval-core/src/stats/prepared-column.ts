/** One variable of a correlation matrix, prepared once so that each of its pairs is cheap. */

import { sortOrder } from "./ranks.ts";

/** One variable; null, undefined and NaN are missing. */
export type MatrixColumn = ArrayLike<number | null | undefined>;

export interface PreparedColumn {
  /** Centred on the mean and scaled by the largest deviation of the present rows; a missing row is 0. */
  readonly centred: Float64Array;
  /** 1 where a row is present. */
  readonly mask: Uint8Array;
  readonly present: Uint32Array;
  readonly missing: Uint32Array;
  /** Σ centred and Σ centred² (Σ centred is 0 but for rounding). */
  readonly sum: number;
  readonly squares: number;
  /** How the present rows are ordered; null where the column is not to be ranked. */
  readonly ranking: Ranking | null;
}

export interface Ranking {
  /** Present rows in ascending order of value. */
  readonly order: Uint32Array;
  /** Of each row (0 where missing) the half-open range of `order` that holds its value. */
  readonly groupStart: Uint32Array;
  readonly groupEnd: Uint32Array;
  readonly ties: boolean;
}

/** Prepares a column; `ranked` replaces its values by their average ranks among the present rows. */
export function prepareColumn(column: MatrixColumn, ranked: boolean): PreparedColumn {
  const rows = column.length;
  const mask = new Uint8Array(rows);
  const presentRows = new Uint32Array(rows);
  const missingRows = new Uint32Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    if (isMissing(column[i])) missingRows[i - count] = i;
    else {
      mask[i] = 1;
      presentRows[count++] = i;
    }
  }
  const present = presentRows.slice(0, count);
  let values = new Float64Array(count);
  for (let k = 0; k < count; k++) values[k] = column[present[k]!]!;

  let ranking: Ranking | null = null;
  if (ranked) {
    const own = rank(values, present, rows);
    values = Float64Array.from(present, (row) => (own.groupStart[row]! + own.groupEnd[row]! + 1) / 2);
    ranking = own;
  }

  let centre = 0;
  for (let k = 0; k < count; k++) centre += values[k]! / count;
  let largest = 0;
  for (let k = 0; k < count; k++) largest = Math.max(largest, Math.abs(values[k]! - centre));
  const centred = new Float64Array(rows);
  let sum = 0;
  let squares = 0;
  for (let k = 0; k < count; k++) {
    const value = largest > 0 ? (values[k]! - centre) / largest : 0;
    centred[present[k]!] = value;
    sum += value;
    squares += value * value;
  }
  return { centred, mask, present, missing: missingRows.slice(0, rows - count), sum, squares, ranking };
}

function rank(values: Float64Array, present: Uint32Array, rows: number): Ranking {
  const sorted = sortOrder(values);
  const groupStart = new Uint32Array(rows);
  const groupEnd = new Uint32Array(rows);
  let groups = 0;
  for (let start = 0; start < sorted.length; groups++) {
    let end = start + 1;
    while (end < sorted.length && values[sorted[end]!] === values[sorted[start]!]) end++;
    for (let k = start; k < end; k++) {
      const row = present[sorted[k]!]!;
      groupStart[row] = start;
      groupEnd[row] = end;
    }
    start = end;
  }
  const order = sorted.map((k) => present[k]!);
  return { order, groupStart, groupEnd, ties: groups < sorted.length };
}

/** Whether a cell holds no value. */
function isMissing(value: number | null | undefined): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}
