/**
 * The exact nearest rows of a query from its float32 candidates: recomputed in float64, larger similarity first, then
 * smaller index. Where the candidates do not settle who is among the k, every row is looked at.
 */
import type { Candidates } from "./candidates.ts";
import type { Cosines } from "./rows.ts";

export interface Nearest {
  readonly index: Int32Array;
  /** float64, descending */
  readonly similarity: Float64Array;
}

/** Whether row `a` of similarity `sa` comes before row `b`. */
export function comesBefore(sa: number, a: number, sb: number, b: number): boolean {
  return sa > sb || (sa === sb && a < b);
}

/**
 * The k nearest rows of query `q`, or all but `except` if there are fewer.
 * @param except a row that is left out: the query itself where rows ask among themselves
 */
export function exactNearest(
  cosines: Cosines,
  candidates: Candidates,
  q: number,
  k: number,
  except = -1,
): Nearest {
  const { count } = cosines.train;
  const wanted = Math.min(k, except >= 0 ? count - 1 : count);
  if (cosines.isZero(q)) return firstRows(wanted, except);
  const { width, similarity, index, complete, error } = candidates;
  const base = (q - candidates.from) * width;
  const kept: number[] = [];
  for (let c = 0; c < width; c++) if (index[base + c]! !== except) kept.push(c);
  // A row this far below the k-th cannot be among the k, whatever the rounding of both.
  const least = wanted <= kept.length ? similarity[base + kept[wanted - 1]!]! - 2 * error : undefined;
  const last = similarity[base + width - 1]!;
  if (!complete && (least === undefined || last >= least)) return scan(cosines, q, wanted, except);
  const rows: number[] = [];
  for (const c of kept) {
    if (least !== undefined && similarity[base + c]! < least) break;
    rows.push(index[base + c]!);
  }
  return ordered(
    rows,
    rows.map((row) => cosines.between(q, row)),
    wanted,
  );
}

function firstRows(wanted: number, except: number): Nearest {
  const index = new Int32Array(wanted);
  for (let i = 0, row = 0; i < wanted; row++) if (row !== except) index[i++] = row;
  return { index, similarity: new Float64Array(wanted) };
}

/** Every row in float64. */
function scan(cosines: Cosines, q: number, wanted: number, except: number): Nearest {
  const rows: number[] = [];
  const values: number[] = [];
  for (let row = 0; row < cosines.train.count; row++) {
    if (row === except) continue;
    rows.push(row);
    values.push(cosines.between(q, row));
  }
  return ordered(rows, values, wanted);
}

function ordered(rows: readonly number[], values: readonly number[], wanted: number): Nearest {
  const order = rows
    .map((_, i) => i)
    .sort((a, b) => values[b]! - values[a]! || rows[a]! - rows[b]!)
    .slice(0, wanted);
  return {
    index: Int32Array.from(order, (i) => rows[i]!),
    similarity: Float64Array.from(order, (i) => values[i]!),
  };
}
