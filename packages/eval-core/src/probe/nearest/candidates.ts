/**
 * Candidates for the nearest rows: for every query the `width` largest float32 similarities over all rows, found block by
 * block, so that memory is bounded whatever the number of rows.
 */
import type { DeviceChoice } from "../../runtime/index.ts";
import { type DeviceRows, openDeviceRows } from "./device.ts";
import { type Rows, unitRows } from "./rows.ts";

/** Candidates beyond k: what lies between k and here tells that nothing beyond can be among the k. */
export const SPARE = 32;

/** Rows on the device at once: 256 MB. */
const BLOCK_BYTES = 2 ** 28;

export interface CandidateOptions {
  readonly device?: DeviceChoice | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Opened by the caller, who asks in several parts; else for this call alone. */
  readonly on?: DeviceRows | undefined;
  /** Rows a block at most; for tests. */
  readonly rowsAtOnce?: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface Candidates {
  /** The first query that these belong to. */
  readonly from: number;
  readonly queries: number;
  readonly width: number;
  /** queries x width, by descending similarity. */
  readonly similarity: Float32Array;
  readonly index: Int32Array;
  /** Every row is a candidate: none is left that could be nearer. */
  readonly complete: boolean;
  /** How far a similarity may lie from the exact one. */
  readonly error: number;
}

/**
 * The candidates of queries `from` to `to`, `width` each or all rows if there are fewer.
 * @throws the signal's reason when aborted
 */
export async function findCandidates(
  train: Rows,
  trainNorms: Float64Array,
  query: Rows,
  queryNorms: Float64Array,
  { from, to, width: asked }: { readonly from: number; readonly to: number; readonly width: number },
  options: CandidateOptions = {},
): Promise<Candidates> {
  const width = Math.min(asked, train.count);
  const queries = to - from;
  const similarity = new Float32Array(queries * width).fill(Number.NEGATIVE_INFINITY);
  const index = new Int32Array(queries * width).fill(-1);
  const most = Math.max(1, Math.floor(BLOCK_BYTES / (4 * train.width)));
  const rowsAtOnce = Math.min(options.rowsAtOnce ?? most, most);
  await using opened = options.on ? undefined : await openDeviceRows(train.width, options);
  const rows = options.on ?? opened!;
  const merge = merger(similarity, index, width);
  const total = queries * Math.ceil(train.count / rowsAtOnce);
  let done = 0;
  for (let start = 0; start < train.count; start += rowsAtOnce) {
    const end = Math.min(start + rowsAtOnce, train.count);
    await rows.load(`${start}-${end}`, () => unitRows(train, trainNorms, start, end));
    const own = Math.min(width, end - start);
    const step = rows.queriesAtOnce(end - start);
    const ask = (at: number) =>
      rows.largest(unitRows(query, queryNorms, from + at, Math.min(from + at + step, to)), own);
    // The next block is on its way while this one is merged.
    let next = ask(0);
    for (let at = 0; at < queries; at += step) {
      options.signal?.throwIfAborted();
      const found = await next;
      const following = at + step < queries ? ask(at + step) : undefined;
      if (following) next = following;
      merge(found.similarity, found.index, own, at, start);
      done += found.index.length / own;
      options.onProgress?.(done, total);
    }
  }
  return { from, queries, width, similarity, index, complete: width === train.count, error: rows.error };
}

/** Merges a block's lists, sorted, into the lists so far. */
function merger(similarity: Float32Array, index: Int32Array, width: number) {
  const oldSimilarity = new Float32Array(width);
  const oldIndex = new Int32Array(width);
  return (values: Float32Array, rows: Int32Array, own: number, at: number, start: number): void => {
    for (let q = 0; q < rows.length / own; q++) {
      const base = (at + q) * width;
      oldSimilarity.set(similarity.subarray(base, base + width));
      oldIndex.set(index.subarray(base, base + width));
      let a = 0;
      let b = 0;
      for (let slot = 0; slot < width; slot++) {
        // An earlier block's rows come first among equals.
        if (b >= own || (oldIndex[a]! >= 0 && oldSimilarity[a]! >= values[q * own + b]!)) {
          similarity[base + slot] = oldSimilarity[a]!;
          index[base + slot] = oldIndex[a]!;
          a++;
        } else {
          similarity[base + slot] = values[q * own + b]!;
          index[base + slot] = start + rows[q * own + b]!;
          b++;
        }
      }
    }
  };
}
