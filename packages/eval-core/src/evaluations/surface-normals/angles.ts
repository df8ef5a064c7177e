/**
 * Angles between predicted and true normals, over all valid pixels of all images: mean, exact median, shares below
 * thresholds. Angles are kept a file an image as float32, and the median is found in two passes over the files, so that the
 * 200 million of NYUv2 are never held.
 */
import { WITHIN_DEGREES } from "../../metrics/index.ts";
import { ANGLE_BIN, ANGLE_BINS, type AnglePredictions } from "../../record/predictions/predictions.ts";
import { type Interval, resampled } from "../pixel-labels/intervals.ts";

/** What is kept of an image's angles beside the angles. */
export interface AngleSummary {
  readonly count: number;
  /** Degrees. */
  readonly sum: number;
  /** How many are below each threshold. */
  readonly below: readonly number[];
}

export function summarise(angles: Float32Array): AngleSummary {
  let sum = 0;
  const below = WITHIN_DEGREES.map(() => 0);
  for (const angle of angles) {
    sum += angle;
    for (const [i, threshold] of WITHIN_DEGREES.entries()) if (angle < threshold) below[i]!++;
  }
  return { count: angles.length, sum, below };
}

/** Each image's summary; and as they are kept beside a run, with how many of its pixels fall into each bin of angles. */
export function summariseAll(
  images: number,
  read: (image: number) => Float32Array,
): { readonly summaries: readonly AngleSummary[]; readonly kept: AnglePredictions } {
  const histograms = new Uint32Array(images * ANGLE_BINS);
  const summaries = Array.from({ length: images }, (_, image) => {
    const angles = read(image);
    for (const angle of angles)
      histograms[image * ANGLE_BINS + Math.min(ANGLE_BINS - 1, Math.floor(angle / ANGLE_BIN))]!++;
    return summarise(angles);
  });
  const kept: AnglePredictions = {
    kind: "angles",
    sums: summaries.map(({ sum }) => sum),
    pixels: summaries.map(({ count }) => count),
    within: summaries.flatMap(({ below }) => below),
    histograms,
  };
  return { summaries, kept };
}

/** Bins by the upper half of a float32's bits: angles are not negative, so bits order as they do. */
const BINS = 2 ** 16;
const binsOf = (angles: Float32Array) => new Uint32Array(angles.buffer, angles.byteOffset, angles.length);

/**
 * The 50th percentile with linear interpolation: of an even number the mean of the two in the middle.
 * @param images how many; `read` answers the angles of one, twice for each
 */
export function exactMedian(images: number, read: (image: number) => Float32Array): number {
  const histogram = new Float64Array(BINS);
  let count = 0;
  for (let image = 0; image < images; image++) {
    const angles = read(image);
    count += angles.length;
    for (const bits of binsOf(angles)) histogram[bits >>> 16]!++;
  }
  const ranks = [Math.floor((count - 1) / 2), Math.floor(count / 2)];
  const places = ranks.map((rank) => {
    let before = 0;
    let bin = 0;
    while (before + histogram[bin]! <= rank) before += histogram[bin++]!;
    return { bin, rank: rank - before };
  });
  const wanted = new Set(places.map(({ bin }) => bin));
  const values = new Map([...wanted].map((bin) => [bin, new Float32Array(histogram[bin]!)] as const));
  const filled = new Map([...wanted].map((bin) => [bin, 0]));
  for (let image = 0; image < images; image++) {
    const angles = read(image);
    for (const [i, bits] of binsOf(angles).entries()) {
      const bin = bits >>> 16;
      const list = values.get(bin);
      if (!list) continue;
      const at = filled.get(bin)!;
      list[at] = angles[i]!;
      filled.set(bin, at + 1);
    }
  }
  for (const list of values.values()) list.sort();
  const [low, high] = places.map(({ bin, rank }) => values.get(bin)![rank]!) as [number, number];
  return (low + high) / 2;
}

export interface NormalsScores {
  /** Degrees. */
  readonly meanError: number;
  /** Percent, a threshold each. */
  readonly within: readonly number[];
  readonly pixels: number;
}

export function normalsScores(summaries: readonly AngleSummary[]): NormalsScores {
  const total = (of: (one: AngleSummary) => number) => summaries.reduce((sum, one) => sum + of(one), 0);
  const pixels = total((one) => one.count);
  return {
    meanError: total((one) => one.sum) / pixels,
    within: WITHIN_DEGREES.map((_, i) => (100 * total((one) => one.below[i]!)) / pixels),
    pixels,
  };
}

/** 95%, by resampling the test images. The median has none: its pixels are not held. */
export function normalsIntervals(summaries: readonly AngleSummary[]): {
  readonly meanError: Interval;
  readonly within: readonly Interval[];
} {
  const [meanError, ...within] = resampled(summaries, (drawn) => {
    const scores = normalsScores(drawn);
    return [scores.meanError, ...scores.within];
  });
  return { meanError: meanError!, within };
}
