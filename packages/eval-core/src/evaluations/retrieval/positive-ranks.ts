/**
 * The ranks of each query's positives among all answers, exact, without sorting the answers: only the positives are sorted,
 * by their float64 similarity; of every other answer it counts how many positives come before it. A float32 similarity
 * settles that unless it is within its error of a positive's, and then float64 does. Memory is bounded by blocks.
 */
import {
  type Cosines,
  comesBefore,
  type DeviceRows,
  openDeviceRows,
  unitRows,
} from "../../probe/nearest/index.ts";
import type { DeviceChoice } from "../../runtime/index.ts";

/** What an answer is to a query. */
export const NEGATIVE = 0;
export const POSITIVE = 1;
/** Taken out of the ranking before ranks are counted: the query itself, junk. */
export const OUT = 2;

export interface RankOptions {
  /** The role of an answer, by its row. */
  readonly roleOf: (query: number, row: number) => number;
  readonly device?: DeviceChoice | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Opened by the caller, who asks in several parts; else for this call alone. */
  readonly on?: DeviceRows | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Rows a block at most; for tests. */
  readonly rowsAtOnce?: number;
}

/** Rows on the device at once: 256 MB. */
const BLOCK_BYTES = 2 ** 28;

/** Ranks from 1, ascending, of the positives of queries `from` to `to`; an empty list where there is none. */
export async function positiveRanks(
  cosines: Cosines,
  from: number,
  to: number,
  options: RankOptions,
): Promise<Int32Array[]> {
  const { train, query, trainNorms, queryNorms } = cosines;
  const counters: Counter[] = [];
  for (let q = from; q < to; q++) counters.push(new Counter(cosines, q, options.roleOf));
  const most = Math.max(1, Math.floor(BLOCK_BYTES / (4 * train.width)));
  const rowsAtOnce = Math.min(options.rowsAtOnce ?? most, most);
  await using opened = options.on ? undefined : await openDeviceRows(train.width, options);
  const rows = options.on ?? opened!;
  for (let start = 0; start < train.count; start += rowsAtOnce) {
    const end = Math.min(train.count, start + rowsAtOnce);
    await rows.load(`${start}-${end}`, () => unitRows(train, trainNorms, start, end));
    const step = rows.queriesAtOnce(end - start);
    for (let at = from; at < to; at += step) {
      options.signal?.throwIfAborted();
      const last = Math.min(to, at + step);
      const all = await rows.all(unitRows(query, queryNorms, at, last));
      for (let q = at; q < last; q++) {
        const own = all.subarray((q - at) * (end - start), (q - at + 1) * (end - start));
        counters[q - from]!.add(own, start, rows.error);
      }
      if (end === train.count) options.onProgress?.(last);
    }
  }
  return counters.map((counter) => counter.ranks());
}

/** One query's positives in their order, and how many negatives come between them. */
class Counter {
  readonly #cosines: Cosines;
  readonly #query: number;
  readonly #roleOf: RankOptions["roleOf"];
  readonly #rows: Int32Array;
  readonly #similarity: Float64Array;
  /** [j]: negatives with exactly j positives before them. */
  readonly #between: Int32Array;

  constructor(cosines: Cosines, query: number, roleOf: RankOptions["roleOf"]) {
    this.#cosines = cosines;
    this.#query = query;
    this.#roleOf = roleOf;
    const found: { row: number; similarity: number }[] = [];
    for (let row = 0; row < cosines.train.count; row++) {
      if (roleOf(query, row) === POSITIVE) found.push({ row, similarity: cosines.between(query, row) });
    }
    found.sort((a, b) => b.similarity - a.similarity || a.row - b.row);
    this.#rows = Int32Array.from(found, ({ row }) => row);
    this.#similarity = Float64Array.from(found, ({ similarity }) => similarity);
    this.#between = new Int32Array(found.length + 1);
  }

  /** Counts the answers of one block: float32 similarities of the rows from `start`. */
  add(similarities: Float32Array, start: number, error: number): void {
    const positives = this.#similarity;
    const count = positives.length;
    if (count === 0) return;
    const lowest = positives[count - 1]! - error;
    for (let i = 0; i < similarities.length; i++) {
      const value = similarities[i]!;
      const role = this.#roleOf(this.#query, start + i);
      if (role !== NEGATIVE) continue;
      if (value < lowest) {
        this.#between[count]!++;
        continue;
      }
      const surely = this.#above(value + error);
      const perhaps = this.#atLeast(value - error);
      const before = surely === perhaps ? surely : this.#exactly(start + i);
      this.#between[before]!++;
    }
  }

  ranks(): Int32Array {
    let negatives = 0;
    return Int32Array.from(this.#rows, (_, j) => {
      negatives += this.#between[j]!;
      return negatives + j + 1;
    });
  }

  #above(value: number): number {
    return this.#search((similarity) => similarity > value);
  }

  #atLeast(value: number): number {
    return this.#search((similarity) => similarity >= value);
  }

  #exactly(row: number): number {
    const similarity = this.#cosines.between(this.#query, row);
    return this.#search((own, j) => comesBefore(own, this.#rows[j]!, similarity, row));
  }

  /** How many of the positives, in their order, hold `before`. */
  #search(before: (similarity: number, j: number) => boolean): number {
    let low = 0;
    let high = this.#similarity.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (before(this.#similarity[middle]!, middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
