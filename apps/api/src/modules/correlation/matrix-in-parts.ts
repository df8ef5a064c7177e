/** Correlation matrices, divided among the threads that compute statistics: one of 500 variables takes a second. */
import { type Coefficient, correlationMatrix } from "@transferboard/eval-core/stats";
import type { StatisticsPool } from "../../statistics/pool.ts";
import type { PartOfMatrix } from "./matrix-part.ts";

/** Row-major and symmetric; a coefficient that is not defined is NaN. */
export interface Matrix {
  readonly size: number;
  readonly coefficients: Float64Array;
  /** Of Kendall's alone, two-sided: those of the others follow from coefficient and count. */
  readonly pValues: Float64Array | null;
  readonly counts: Uint32Array;
}

/** Pairs times rows up to which no thread is worth its while: some milliseconds. */
const SMALL = 1_000_000;
/** A pair of tau takes about so many times as long. */
const WEIGHT = { PEARSON: 1, SPEARMAN: 3, KENDALL: 20 } as const satisfies Record<Coefficient, number>;

/**
 * Correlates columns of one length; NaN is missing.
 * @throws as the pool's `compute`
 */
export async function matrixOf(
  pool: StatisticsPool,
  columns: readonly Float64Array[],
  coefficient: Coefficient,
  signal?: AbortSignal,
): Promise<Matrix> {
  const size = columns.length;
  const rows = columns[0]?.length ?? 0;
  const work = (size ** 2 / 2) * rows * WEIGHT[coefficient];
  if (work <= SMALL) {
    const pValues = coefficient === "KENDALL";
    const matrix = correlationMatrix(columns, coefficient, { pValues });
    return { ...matrix, pValues: pValues ? matrix.pValues : null };
  }
  const shared = {
    columns: new SharedArrayBuffer(8 * size * rows),
    coefficients: new SharedArrayBuffer(8 * size * size),
    pValues: new SharedArrayBuffer(coefficient === "KENDALL" ? 8 * size * size : 0),
    counts: new SharedArrayBuffer(4 * size * size),
  };
  const numbers = new Float64Array(shared.columns);
  for (const [i, column] of columns.entries()) numbers.set(column, i * rows);
  const parts = Array.from({ length: pool.threads }, (_, index): PartOfMatrix => {
    return { size, rows, coefficient, part: { index, of: pool.threads }, ...shared };
  });
  await pool.computeAll("matrix", parts, signal);
  return {
    size,
    coefficients: new Float64Array(shared.coefficients),
    pValues: coefficient === "KENDALL" ? new Float64Array(shared.pValues) : null,
    counts: new Uint32Array(shared.counts),
  };
}
