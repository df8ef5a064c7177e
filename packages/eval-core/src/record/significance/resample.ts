/**
 * Paired resampling: the bootstrap of a difference over images, and the permutation test that exchanges two methods'
 * results image by image. The draws are NumPy's, so that anyone can repeat them one by one.
 */

import { quantileOfSorted } from "../../stats/describe.ts";
import { normalCdf } from "../../stats/distributions.ts";
import { NumpyRandomState } from "../../tensor/mt19937.ts";

export const RESAMPLES = 2000;
export const PERMUTATIONS = 9999;
/** Fewer than this many hits tell a small p-value only roughly: the normal approximation takes over. */
const FEW_HITS = 10;

export interface Resampling {
  /** 0 unless told. */
  readonly seed?: number;
  readonly count?: number;
}

/** One resample of the images: indices, which repeat. */
export type Draw = (random: NumpyRandomState) => Uint32Array;

/** n of n images, one after the other. The array is the same at every call. */
export function drawImages(n: number): Draw {
  const indices = new Uint32Array(n);
  return (random) => {
    for (let i = 0; i < n; i++) indices[i] = random.interval(n - 1);
    return indices;
  };
}

/** As many of each class as there are, so that no class vanishes: classes ascending, a class's images ascending. */
export function drawWithinClasses(labels: ArrayLike<number>): Draw {
  const members = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const own = members.get(labels[i]!);
    if (own) own.push(i);
    else members.set(labels[i]!, [i]);
  }
  const classes = [...members].sort(([a], [b]) => a - b).map(([, images]) => images);
  const indices = new Uint32Array(labels.length);
  return (random) => {
    let at = 0;
    for (const images of classes) {
      for (let i = 0; i < images.length; i++) indices[at++] = images[random.interval(images.length - 1)]!;
    }
    return indices;
  };
}

/**
 * The statistics of every resample. The same drawn images serve all of them.
 * @returns one row a resample
 */
export function resample(
  draw: Draw,
  statistics: (indices: Uint32Array) => readonly number[],
  { seed = 0, count = RESAMPLES }: Resampling = {},
): number[][] {
  const random = new NumpyRandomState(seed);
  return Array.from({ length: count }, () => [...statistics(draw(random))]);
}

export interface PercentileInterval {
  readonly lower: number;
  readonly upper: number;
}

/** The percentile interval, NumPy's type-7 quantiles. Not BCa: for means over hundreds of images it moves nothing. */
export function percentileInterval(draws: readonly number[], level = 0.95): PercentileInterval {
  const sorted = Float64Array.from(draws).sort();
  const tail = (1 - level) / 2;
  return { lower: quantileOfSorted(sorted, tail), upper: quantileOfSorted(sorted, 1 - tail) };
}

export interface PermutationTest {
  readonly permutations: number;
  /** Permutations with a difference at least as large as the observed one. */
  readonly hits: number;
  /** (1 + hits) / (permutations + 1): never 0 (Phipson and Smyth 2010). */
  readonly monteCarlo: number;
  /** Of the difference, if neither is better. */
  readonly standardError: number;
  /** Two-sided, from the standard error. */
  readonly normal: number;
  readonly p: number;
  /** With fewer than 10 hits p is the normal one, where that is smaller. */
  readonly approximate: boolean;
}

/** Of an observed difference and those of the permutations. */
export function permutationTest(observed: number, draws: readonly number[]): PermutationTest {
  const threshold = Math.abs(observed) * (1 - 1e-9);
  let hits = 0;
  let squares = 0;
  for (const value of draws) {
    if (Math.abs(value) >= threshold) hits++;
    squares += value * value;
  }
  const standardError = Math.sqrt(squares / draws.length);
  const normal = standardError > 0 ? 2 * normalCdf(-Math.abs(observed) / standardError) : 1;
  const monteCarlo = (1 + hits) / (draws.length + 1);
  const few = hits < FEW_HITS && standardError > 0 && normal < monteCarlo;
  return {
    permutations: draws.length,
    ...{ hits, monteCarlo, standardError, normal },
    p: few ? normal : monteCarlo,
    approximate: few,
  };
}

/**
 * The differences when each image's two results are exchanged with probability 1/2, image after image.
 * @param difference of the methods where `exchanged[i]` is 1 for every image whose results change places
 */
export function permute(
  n: number,
  difference: (exchanged: Uint8Array) => number,
  { seed = 0, count = PERMUTATIONS }: Resampling = {},
): number[] {
  const random = new NumpyRandomState(seed);
  const exchanged = new Uint8Array(n);
  return Array.from({ length: count }, () => {
    for (let i = 0; i < n; i++) exchanged[i] = random.uniform() < 0.5 ? 1 : 0;
    return difference(exchanged);
  });
}
