/** One variable of a correlation matrix, prepared once so that each of its pairs is cheap. */

import { sortOrder } from "../ranks.ts";

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
  /** Where each group of equal values ends in `order`. */
  readonly groupEnds: Uint32Array;
  /** Of each row (0 where missing) the place of its group, from 1. */
  readonly groupOf: Uint32Array;
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
    values = Float64Array.from(present, (row) => {
      const group = own.groupOf[row]!;
      return ((own.groupEnds[group - 2] ?? 0) + own.groupEnds[group - 1]! + 1) / 2;
    });
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
  const groupEnds = new Uint32Array(sorted.length);
  const groupOf = new Uint32Array(rows);
  let groups = 0;
  for (let k = 0; k < sorted.length; k++) {
    if (k === 0 || values[sorted[k]!] !== values[sorted[k - 1]!]) groups += 1;
    groupEnds[groups - 1] = k + 1;
    groupOf[present[sorted[k]!]!] = groups;
  }
  const order = sorted.map((k) => present[k]!);
  return { order, groupEnds: groupEnds.slice(0, groups), groupOf, ties: groups < sorted.length };
}

/** Whether a cell holds no value. */
function isMissing(value: number | null | undefined): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}
