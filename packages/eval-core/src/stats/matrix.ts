/**
 * All correlations among many columns at once, each pair over the rows where both have a value.
 *
 * Fast because each column is prepared once: centred, missing rows as zeros, sorted. Where no row is missing a
 * pair is one dot product (of values, or of ranks); else the sums over the missing or the present rows, whichever
 * are fewer, correct those of the whole column. `correlationMatrixReference` says the same plainly.
 * Kendall's tau has no such shortcut: a pair is sorted anew, some hundred times the cost of the others.
 */

import { type Coefficient, correlate, definitionOf } from "./correlate.ts";
import { StatisticsError } from "./input.ts";
import { pairwisePearson, pairwiseSpearman, RankScratch, sharedRows } from "./pairwise.ts";
import { correlationPValue } from "./pearson.ts";
import { type MatrixColumn, prepareColumn } from "./prepared-column.ts";

export interface CorrelationMatrix {
  /** How many variables; the arrays are size x size, row-major and symmetric. */
  readonly size: number;
  /** NaN where fewer than 3 rows are shared or a column does not vary over them. */
  readonly coefficients: Float64Array;
  /** Two-sided; NaN where the coefficient is. */
  readonly pValues: Float64Array;
  /** Rows shared by each pair. */
  readonly counts: Uint32Array;
}

/**
 * Correlates every column with every other. A null, undefined or NaN cell is missing.
 * @throws StatisticsError on columns of different lengths, an infinity, or an unknown coefficient.
 */
export function correlationMatrix(
  columns: readonly MatrixColumn[],
  coefficient: Coefficient = "PEARSON",
): CorrelationMatrix {
  requireTable(columns);
  definitionOf(coefficient);
  if (coefficient === "KENDALL") return correlationMatrixReference(columns, coefficient);
  const ranked = coefficient === "SPEARMAN";
  const prepared = columns.map((column) => prepareColumn(column, ranked));
  const scratch = new RankScratch(columns[0]?.length ?? 0);
  return fill(columns.length, (i, j) => {
    const a = prepared[i]!;
    const b = prepared[j]!;
    const n = sharedRows(a, b);
    if (n < 3) return { n, coefficient: null, pValue: null };
    const complete = n === a.present.length && n === b.present.length;
    const r = ranked && !complete ? pairwiseSpearman(a, b, n, scratch) : pairwisePearson(a, b, n);
    if (r === null) return plainPair(columns[i]!, columns[j]!, coefficient);
    return { n, coefficient: r, pValue: correlationPValue(r, n - 2) };
  });
}

/** The same matrix, one `correlate` a pair: what the fast one is held against. */
export function correlationMatrixReference(
  columns: readonly MatrixColumn[],
  coefficient: Coefficient,
): CorrelationMatrix {
  requireTable(columns);
  return fill(columns.length, (i, j) => plainPair(columns[i]!, columns[j]!, coefficient));
}

interface Pair {
  readonly n: number;
  readonly coefficient: number | null;
  readonly pValue: number | null;
}

function plainPair(a: MatrixColumn, b: MatrixColumn, coefficient: Coefficient): Pair {
  const x: number[] = [];
  const y: number[] = [];
  for (let row = 0; row < a.length; row++) {
    const u = a[row] ?? Number.NaN;
    const v = b[row] ?? Number.NaN;
    if (Number.isNaN(u) || Number.isNaN(v)) continue;
    x.push(u);
    y.push(v);
  }
  return correlate({ x, y, coefficient });
}

function fill(size: number, pair: (i: number, j: number) => Pair): CorrelationMatrix {
  const coefficients = new Float64Array(size * size);
  const pValues = new Float64Array(size * size);
  const counts = new Uint32Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const { n, coefficient, pValue } = pair(i, j);
      for (const at of [i * size + j, j * size + i]) {
        coefficients[at] = coefficient ?? Number.NaN;
        pValues[at] = pValue ?? Number.NaN;
        counts[at] = n;
      }
    }
  }
  return { size, coefficients, pValues, counts };
}

function requireTable(columns: readonly MatrixColumn[]): void {
  for (const [j, column] of columns.entries()) {
    if (column.length !== columns[0]!.length) {
      throw new StatisticsError(
        `Column ${j} has ${column.length} rows, column 0 has ${columns[0]!.length}: all need the same rows.`,
      );
    }
    for (let i = 0; i < column.length; i++) {
      const cell = column[i];
      if (cell === Number.POSITIVE_INFINITY || cell === Number.NEGATIVE_INFINITY) {
        throw new StatisticsError(`Column ${j}, row ${i} is ${cell}: use null for a missing value.`);
      }
    }
  }
}
