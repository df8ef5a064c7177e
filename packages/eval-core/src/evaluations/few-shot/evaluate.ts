/**
 * Few-shot evaluation: nearest centroid (a prototypical network without training) on frozen features, by squared
 * Euclidean distance, over seeded episodes from all splits together (Snell et al. 2017; the paper's appendix A).
 */

import { MetricError } from "../../metrics/index.ts";
import {
  checkEpisodes,
  drawEpisodes,
  type Episode,
  type EpisodeSet,
  FewShotError,
  hashEpisodes,
  rowsByClass,
} from "./episodes.ts";
import { FEW_SHOT, type FewShotProtocol, fewShotProtocol } from "./protocol.ts";

export { drawEpisodes, type Episode, type EpisodeSet, FewShotError } from "./episodes.ts";
export { FEW_SHOT, type FewShotProtocol, fewShotProtocol } from "./protocol.ts";

export interface FewShotOptions {
  /** images x features */
  readonly x: { readonly shape: readonly number[]; readonly data: Float32Array | Float64Array };
  /** One class an image. */
  readonly y: ArrayLike<number | bigint>;
  /** Either how to draw episodes, or the episodes themselves (a parsed episodes file). */
  readonly episodes:
    | {
        readonly shot: number;
        readonly seed: number;
        readonly way?: number;
        readonly query?: number;
        readonly count?: number;
      }
    | { readonly given: unknown };
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface FewShotRecord {
  readonly protocol: FewShotProtocol;
  readonly episodes: {
    /** Null where they were given. */
    readonly seed: number | null;
    /** Of the set's canonical JSON. */
    readonly sha256: string;
    readonly set: EpisodeSet;
  };
  readonly images: number;
  readonly features: number;
  /** Classes in all, and those with at least shot + query images. */
  readonly classes: number;
  readonly qualifyingClasses: number;
  /** Mean over episodes, in percent, with its 95% interval. */
  readonly accuracy: number;
  readonly interval: { readonly lower: number; readonly upper: number };
  /** Half the interval: 1.96 · populationDeviation / √episodes, the ± of the paper's tables. */
  readonly halfWidth: number;
  readonly populationDeviation: number;
  readonly accuracyPerEpisode: readonly number[];
}

/** How many episodes run before the event loop gets a turn: some 50 ms at full size. */
const EPISODES_A_TURN = 25;

/**
 * Evaluates every episode, in float64.
 * @throws FewShotError on too few images a class, episodes that do not fit, or y of another length;
 * MetricError on features that are not finite; the signal's reason when aborted.
 */
export async function fewShot(options: FewShotOptions): Promise<FewShotRecord> {
  const { x, y, onProgress, signal } = options;
  const features = requireFeatures(x, y.length);
  const byClass = rowsByClass(y);
  const set = episodesOf(options);
  const need = set.shot + set.query;

  const evaluate = episodeEvaluator(x.data, features, set);
  const accuracyPerEpisode: number[] = [];
  for (const episode of set.episodes) {
    if (accuracyPerEpisode.length % EPISODES_A_TURN === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      onProgress?.(accuracyPerEpisode.length, set.episodes.length);
    }
    accuracyPerEpisode.push((100 * evaluate(episode)) / (set.way * set.query));
  }
  onProgress?.(set.episodes.length, set.episodes.length);

  const n = accuracyPerEpisode.length;
  const accuracy = accuracyPerEpisode.reduce((sum, value) => sum + value, 0) / n;
  const squares = accuracyPerEpisode.reduce((sum, value) => sum + (value - accuracy) ** 2, 0);
  const populationDeviation = Math.sqrt(squares / n);
  const halfWidth = (1.96 * populationDeviation) / Math.sqrt(n);
  return {
    protocol: fewShotProtocol(set.shot, { way: set.way, query: set.query, episodes: n }),
    episodes: {
      seed: "given" in options.episodes ? null : options.episodes.seed,
      sha256: hashEpisodes(set),
      set,
    },
    images: y.length,
    features,
    classes: byClass.size,
    qualifyingClasses: [...byClass.values()].filter((rows) => rows.length >= need).length,
    accuracy,
    interval: { lower: Math.max(0, accuracy - halfWidth), upper: Math.min(100, accuracy + halfWidth) },
    halfWidth,
    populationDeviation,
    accuracyPerEpisode,
  };
}

function episodesOf({ episodes, y }: FewShotOptions): EpisodeSet {
  if ("given" in episodes) return checkEpisodes(episodes.given, y);
  const { shot, seed, way = FEW_SHOT.way, query = FEW_SHOT.query, count = FEW_SHOT.episodes } = episodes;
  return drawEpisodes(y, { way, shot, query, count, seed });
}

function requireFeatures(x: FewShotOptions["x"], labels: number): number {
  const [rows, features] = x.shape;
  if (x.shape.length !== 2 || !rows || !features) {
    throw new FewShotError(`x must be images x features with at least one of each: found [${x.shape}].`);
  }
  if (rows !== labels)
    throw new FewShotError(`x has ${rows} images, y has ${labels} labels: one each is needed.`);
  const { data } = x;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      const at = `image ${Math.floor(i / features)}, feature ${i % features}`;
      throw new MetricError(`Features must be finite: found ${data[i]} at ${at}.`);
    }
  }
  return features;
}

/** A function from an episode to its number of right queries, with the scratch space of all episodes. */
function episodeEvaluator(
  data: Float32Array | Float64Array,
  features: number,
  { way, shot }: EpisodeSet,
): (episode: Episode) => number {
  const centroids = Array.from({ length: way }, () => new Float64Array(features));
  const query = new Float64Array(features);
  return (episode) => {
    for (const [c, rows] of episode.support.entries()) {
      const centroid = centroids[c]!.fill(0);
      for (const row of rows) {
        const start = row * features;
        for (let d = 0; d < features; d++) centroid[d]! += data[start + d]!;
      }
      for (let d = 0; d < features; d++) centroid[d]! /= shot;
    }
    let hits = 0;
    for (const [c, rows] of episode.query.entries()) {
      for (const row of rows) {
        query.set(data.subarray(row * features, (row + 1) * features));
        let nearest = 0;
        let least = Number.POSITIVE_INFINITY;
        for (let k = 0; k < way; k++) {
          const distance = squaredDistance(query, centroids[k]!);
          if (distance < least) {
            least = distance;
            nearest = k;
          }
        }
        if (nearest === c) hits++;
      }
    }
    return hits;
  };
}

/** Σ (a - b)² in four chains, which is what a core can add at once. */
function squaredDistance(a: Float64Array, b: Float64Array): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let d = 0;
  for (; d + 3 < a.length; d += 4) {
    const d0 = a[d]! - b[d]!;
    const d1 = a[d + 1]! - b[d + 1]!;
    const d2 = a[d + 2]! - b[d + 2]!;
    const d3 = a[d + 3]! - b[d + 3]!;
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (; d < a.length; d++) s0 += (a[d]! - b[d]!) ** 2;
  return s0 + s1 + (s2 + s3);
}
