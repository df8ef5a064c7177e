/**
 * k-NN over a set of queries, exact in every prediction: candidates in float32 on the device, decided from there where
 * the bound of their error allows, in float64 where it does not. Memory is bounded by blocks of queries and of rows.
 */
import {
  type Candidates,
  Cosines,
  exactNearest,
  findCandidates,
  type Nearest,
  openDeviceRows,
  type Rows,
  SPARE,
} from "../../probe/nearest/index.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import { Ballot, type Vote } from "./vote.ts";

/** What happens to a row that asks among its own: left out by its index, or whatever comes first is (DINOv3's way). */
export type Self = "none" | "index" | "first";

export interface KnnOptions {
  readonly train: Rows;
  readonly trainLabels: ArrayLike<number>;
  /** The rows that ask; with a `self` they are the training rows. */
  readonly query: Rows;
  readonly queryLabels: ArrayLike<number>;
  readonly classes: number;
  /** Ascending; each at most the number of rows that can answer. */
  readonly ks: readonly number[];
  readonly temperature: number;
  readonly self?: Self;
  readonly device?: DeviceChoice | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** What an interrupted run had decided, and where to put what is decided. */
  readonly resume?: { readonly state?: KnnState | undefined; readonly save: (state: KnnState) => void };
  /** Queries, and rows, a block at most; for tests. */
  readonly queriesAtOnce?: number;
  readonly rowsAtOnce?: number;
}

/** Predictions of the first `done` queries, ks x queries each. */
export interface KnnState {
  readonly done: number;
  readonly predicted: Int32Array;
  readonly inTop5: Uint8Array;
  /** How many queries needed float64. */
  readonly exact: number;
}

/** Queries whose candidates are kept at a time: with 232 each, 60 MB. */
const QUERIES_AT_ONCE = 2 ** 15;

export async function classify(options: KnnOptions): Promise<KnnState> {
  const { train, query, ks, temperature, self = "none", signal, onProgress, resume } = options;
  const largest = Math.max(...ks);
  const cosines = new Cosines(train, query);
  const ballot = new Ballot(options.trainLabels, options.classes);
  const { predicted, inTop5, ...before } = resume?.state ?? {
    done: 0,
    exact: 0,
    predicted: new Int32Array(ks.length * query.count),
    inTop5: new Uint8Array(ks.length * query.count),
  };
  let { done, exact } = before;
  if (done === query.count) return { done, predicted, inTop5, exact };
  await using on = await openDeviceRows(train.width, options);
  while (done < query.count) {
    const from = done;
    const to = Math.min(query.count, from + (options.queriesAtOnce ?? QUERIES_AT_ONCE));
    const width = largest + SPARE + (self === "none" ? 0 : 1);
    const candidates = await findCandidates(
      train,
      cosines.trainNorms,
      query,
      cosines.queryNorms,
      { from, to, width },
      {
        on,
        signal,
        ...(options.rowsAtOnce === undefined ? {} : { rowsAtOnce: options.rowsAtOnce }),
        onProgress: (part, all) => onProgress?.(from + ((to - from) * part) / all, query.count),
      },
    );
    for (let q = from; q < to; q++) {
      if (q % 1024 === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        signal?.throwIfAborted();
      }
      const decided = votes(cosines, candidates, ballot, q, {
        ks,
        temperature,
        self,
        labels: options.queryLabels,
      });
      if (decided.exact) exact++;
      decided.votes.forEach((vote, i) => {
        predicted[i * query.count + q] = vote.top;
        inTop5[i * query.count + q] = vote.inTop5 ? 1 : 0;
      });
    }
    done = to;
    resume?.save({ done, predicted, inTop5, exact });
    onProgress?.(done, query.count);
  }
  return { done, predicted, inTop5, exact };
}

interface How {
  readonly ks: readonly number[];
  readonly temperature: number;
  readonly self: Self;
  readonly labels: ArrayLike<number>;
}

function votes(cosines: Cosines, candidates: Candidates, ballot: Ballot, q: number, how: How) {
  const { ks, temperature, self, labels } = how;
  const own = labels[q]!;
  const found: Vote[] = [];
  const list = self === "first" ? undefined : listed(candidates, q, self === "index" ? q : -1);
  let nearest: Nearest | undefined;
  for (const k of ks) {
    // The last candidate stands for all that are none: with it in the list, k is never the last.
    const quick =
      list && (k < list.index.length || candidates.complete)
        ? ballot.decide(list.index, list.similarity, k, temperature, own, candidates.error)
        : undefined;
    if (quick) found.push(quick);
    else {
      nearest ??= exactly(cosines, candidates, q, Math.max(...ks), self);
      found.push(ballot.count(nearest, k, temperature, own));
    }
  }
  return { votes: found, exact: nearest !== undefined };
}

function exactly(cosines: Cosines, candidates: Candidates, q: number, k: number, self: Self): Nearest {
  if (self !== "first") return exactNearest(cosines, candidates, q, k, self === "index" ? q : -1);
  const { index, similarity } = exactNearest(cosines, candidates, q, k + 1);
  return { index: index.subarray(1), similarity: similarity.subarray(1) };
}

/** A query's candidates without `except`. */
function listed({ from, width, index, similarity }: Candidates, q: number, except: number) {
  const base = (q - from) * width;
  const own = {
    index: index.subarray(base, base + width),
    similarity: similarity.subarray(base, base + width),
  };
  const at = except < 0 ? -1 : own.index.indexOf(except);
  if (at < 0) return own;
  const others = (_: number, i: number) => i !== at;
  return { index: own.index.filter(others), similarity: own.similarity.filter(others) };
}
