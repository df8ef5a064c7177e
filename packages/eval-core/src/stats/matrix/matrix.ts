/**
 * All correlations among many columns at once, each pair over the rows where both have a value.
 *
 * Fast because each column is prepared once: centred, missing rows as zeros, sorted. Where no row is missing a
 * pair is one dot product (of values, or of ranks); else the sums over the missing or the present rows, whichever
 * are fewer, correct those of the whole column. Kendall's tau takes ten times as long, for a pair is O(n log n).
 * `correlationMatrixReference` says the same plainly. A matrix may be computed in parts, by several threads.
 */

import { type Coefficient, correlate, definitionOf } from "../correlate.ts";
import { StatisticsError } from "../input.ts";
import { associationOf, tauB } from "../kendall.ts";
import { correlationPValue } from "../pearson.ts";
import { pairwisePearson, pairwiseSpearman, RankScratch, sharedRows } from "./pairwise.ts";
import { KendallScratch, pairwiseKendall } from "./pairwise-kendall.ts";
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

export interface MatrixOptions {
  /** Whether p-values are wanted: without them that array is NaN throughout. */
  readonly pValues?: boolean;
  /** One of several parts of equal work: the pairs of every `of`-th column, from `index` on. The rest is 0. */
  readonly part?: { readonly index: number; readonly of: number };
}

const WHOLE = { index: 0, of: 1 };

/**
 * Correlates every column with every other. A null, undefined or NaN cell is missing.
 * @throws StatisticsError on columns of different lengths, an infinity, or an unknown coefficient.
 */
export function correlationMatrix(
  columns: readonly MatrixColumn[],
  coefficient: Coefficient = "PEARSON",
  { pValues = true, part = WHOLE }: MatrixOptions = {},
): CorrelationMatrix {
  requireTable(columns);
  definitionOf(coefficient);
  const ranked = coefficient !== "PEARSON";
  const prepared = columns.map((column) => prepareColumn(column, ranked));
  const rows = columns[0]?.length ?? 0;

  if (coefficient === "KENDALL") {
    const scratch = new KendallScratch(rows);
    return fill(columns.length, part, (i, j) => {
      const counts = pairwiseKendall(prepared[i]!, prepared[j]!, scratch);
      const { n } = counts;
      if (n < 3) return { n, coefficient: null, pValue: null };
      return pValues ? { n, ...associationOf(counts) } : { n, coefficient: tauB(counts), pValue: null };
    });
  }
  const scratch = new RankScratch(rows);
  return fill(columns.length, part, (i, j) => {
    const a = prepared[i]!;
    const b = prepared[j]!;
    const n = sharedRows(a, b);
    if (n < 3) return { n, coefficient: null, pValue: null };
    const complete = n === a.present.length && n === b.present.length;
    const r = ranked && !complete ? pairwiseSpearman(a, b, n, scratch) : pairwisePearson(a, b, n);
    if (r === null) return plainPair(columns[i]!, columns[j]!, coefficient, pValues);
    return { n, coefficient: r, pValue: pValues ? correlationPValue(r, n - 2) : null };
  });
}

/** The same matrix, one `correlate` a pair: what the fast one is held against. */
export function correlationMatrixReference(
  columns: readonly MatrixColumn[],
  coefficient: Coefficient,
): CorrelationMatrix {
  requireTable(columns);
  return fill(columns.length, WHOLE, (i, j) => plainPair(columns[i]!, columns[j]!, coefficient));
}

interface Pair {
  readonly n: number;
  readonly coefficient: number | null;
  readonly pValue: number | null;
}

function plainPair(a: MatrixColumn, b: MatrixColumn, coefficient: Coefficient, pValues = true): Pair {
  const x: number[] = [];
  const y: number[] = [];
  for (let row = 0; row < a.length; row++) {
    const u = a[row] ?? Number.NaN;
    const v = b[row] ?? Number.NaN;
    if (Number.isNaN(u) || Number.isNaN(v)) continue;
    x.push(u);
    y.push(v);
  }
  const pair = correlate({ x, y, coefficient });
  return pValues ? pair : { ...pair, pValue: null };
}

function fill(
  size: number,
  { index, of }: NonNullable<MatrixOptions["part"]>,
  pair: (i: number, j: number) => Pair,
): CorrelationMatrix {
  const coefficients = new Float64Array(size * size);
  const pValues = new Float64Array(size * size);
  const counts = new Uint32Array(size * size);
  for (let i = index; i < size; i += of) {
    for (let j = i; j < size; j++) {
      const { n, coefficient: found, pValue } = pair(i, j);
      // With itself a column goes exactly: what rounding leaves of it is not shown.
      const coefficient = i === j && Number.isFinite(found) ? 1 : found;
      const [at, mirrored] = [i * size + j, j * size + i];
      coefficients[at] = coefficients[mirrored] = coefficient ?? Number.NaN;
      pValues[at] = pValues[mirrored] = pValue ?? Number.NaN;
      counts[at] = counts[mirrored] = n;
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
