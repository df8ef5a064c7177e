/**
 * Retrieval on a dataset of classes by cosine similarity: leave-one-out (every row asks, all others answer) or test asks
 * train. A positive is a row of the same class; a query without one is left out of every mean, and counted.
 */
import {
  type ApAtK,
  averagePrecision,
  averagePrecisionAt,
  mapAtR,
  positivesAmong,
} from "../../metrics/index.ts";
import { Cosines, openDeviceRows, type Rows } from "../../probe/nearest/index.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import { NEGATIVE, OUT, POSITIVE, positiveRanks } from "./positive-ranks.ts";

export interface RetrievalOptions {
  readonly gallery: Rows;
  readonly galleryLabels: ArrayLike<number>;
  /** Absent: the gallery asks among itself, each row left out of its own answers by its index. */
  readonly query?: { readonly rows: Rows; readonly labels: ArrayLike<number> };
  readonly device?: DeviceChoice | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly resume?: {
    readonly state?: RetrievalState | undefined;
    readonly save: (state: RetrievalState) => void;
  };
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Queries at a time; for tests. */
  readonly queriesAtOnce?: number;
}

/** The ranks of the positives of the first queries. */
export interface RetrievalState {
  readonly ranks: readonly Int32Array[];
}

const QUERIES_AT_ONCE = 2048;

/** The ranks of the positives of every query. */
export async function classRanks(options: RetrievalOptions): Promise<readonly Int32Array[]> {
  const { gallery, galleryLabels, query, resume, onProgress } = options;
  const asking = query?.rows ?? gallery;
  const labels = query?.labels ?? galleryLabels;
  const cosines = new Cosines(gallery, asking);
  let ranks = resume?.state?.ranks ?? [];
  if (ranks.length === asking.count) return ranks;
  await using on = await openDeviceRows(gallery.width, options);
  while (ranks.length < asking.count) {
    const from = ranks.length;
    const to = Math.min(asking.count, from + (options.queriesAtOnce ?? QUERIES_AT_ONCE));
    const found = await positiveRanks(cosines, from, to, {
      roleOf: (q, row) => {
        if (!query && q === row) return OUT;
        return labels[q] === galleryLabels[row] ? POSITIVE : NEGATIVE;
      },
      on,
      signal: options.signal,
      onProgress: (done) => onProgress?.(done, asking.count),
    });
    ranks = [...ranks, ...found];
    resume?.save({ ranks });
  }
  return ranks;
}

/** One query's values, fractions. */
export interface QueryScores {
  readonly positives: number;
  readonly ap: number;
  readonly mapAtR: number;
  readonly rPrecision: number;
  readonly at: readonly AtK[];
}

export interface AtK {
  readonly k: number;
  readonly ap: Readonly<Record<ApAtK, number>>;
  /** 1 where a positive is among the first k. */
  readonly recall: number;
  readonly shareFound: number;
  readonly precision: number;
}

/** Null for a query without a positive. */
export function queryScores(ranks: Int32Array, ks: readonly number[]): QueryScores | null {
  const positives = ranks.length;
  if (positives === 0) return null;
  return {
    positives,
    ap: averagePrecision(ranks),
    mapAtR: mapAtR(ranks),
    rPrecision: positivesAmong(ranks, positives) / positives,
    at: ks.map((k) => {
      const hits = positivesAmong(ranks, k);
      return {
        k,
        ap: {
          "min(R, k)": averagePrecisionAt(ranks, k, "min(R, k)"),
          R: averagePrecisionAt(ranks, k, "R"),
          "h(k)": averagePrecisionAt(ranks, k, "h(k)"),
        },
        recall: hits > 0 ? 1 : 0,
        shareFound: hits / positives,
        precision: hits / k,
      };
    }),
  };
}
