/** Accuracy and mean per-class accuracy, in percent. */

import { MetricError, requireLabels, requireScores, type Score, type ScoreMatrix } from "./input.ts";

/** The 97.5% point of the standard normal distribution. */
export const Z_95 = 1.959963984540054;

/** The class of the largest score of each row; the first of equals, as NumPy's argmax. */
export function topClasses(scores: ScoreMatrix): Uint32Array {
  const { rows, columns } = requireScores(scores);
  const top = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let best = start;
    for (let i = start + 1; i < start + columns; i++) if (scores.data[i]! > scores.data[best]!) best = i;
    top[row] = best - start;
  }
  return top;
}

/** Wilson's 95% interval of a share of `hits` in `n`, in percent: within 0 to 100 and never of no width. */
export function wilsonInterval(hits: number, n: number): { lower: number; upper: number } {
  if (!(n > 0 && hits >= 0 && hits <= n)) throw new MetricError(`There is no share of ${hits} in ${n}.`);
  const p = hits / n;
  const z2 = Z_95 * Z_95;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z_95 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  // At the ends the exact bound is the end itself; rounding must not say otherwise.
  return {
    lower: hits === 0 ? 0 : 100 * (centre - half),
    upper: hits === n ? 100 : 100 * (centre + half),
  };
}

/**
 * The share of right classes, in percent, with Wilson's interval.
 * @throws MetricError on an empty split, labels out of range, or lists that do not pair up.
 */
export function accuracy(predicted: ArrayLike<number>, labels: ArrayLike<number>, classes: number): Score {
  requireLabels(labels, predicted.length, classes);
  const n = labels.length;
  let hits = 0;
  for (let i = 0; i < n; i++) if (predicted[i] === labels[i]) hits++;
  return { value: (100 * hits) / n, interval: wilsonInterval(hits, n), sampleSize: n };
}

export interface ClassAccuracy {
  /** Percent; null where the class has no image. */
  readonly value: number | null;
  readonly images: number;
}

export interface MeanPerClassAccuracy extends Score {
  readonly perClass: readonly ClassAccuracy[];
}

/**
 * The mean over classes of each class's accuracy, in percent; a class without images is left out of the mean and
 * shows as null. The interval is normal, from each class's binomial variance at (hits + 1) / (n + 2) (so that a
 * class of few images, all right, is not taken for certain): Σ p (1 - p) / n over classes², cut to 0 to 100.
 * @throws MetricError as `accuracy` does.
 */
export function meanPerClassAccuracy(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): MeanPerClassAccuracy {
  requireLabels(labels, predicted.length, classes);
  const images = new Uint32Array(classes);
  const hits = new Uint32Array(classes);
  for (let i = 0; i < labels.length; i++) {
    images[labels[i]!]!++;
    if (predicted[i] === labels[i]) hits[labels[i]!]!++;
  }
  let sum = 0;
  let variance = 0;
  let present = 0;
  for (let c = 0; c < classes; c++) {
    const n = images[c]!;
    if (n === 0) continue;
    present++;
    sum += hits[c]! / n;
    const p = (hits[c]! + 1) / (n + 2);
    variance += (p * (1 - p)) / n;
  }
  const value = (100 * sum) / present;
  const half = (100 * Z_95 * Math.sqrt(variance)) / present;
  return {
    value,
    interval: { lower: Math.max(0, value - half), upper: Math.min(100, value + half) },
    sampleSize: labels.length,
    perClass: Array.from(images, (n, c) => ({ value: n === 0 ? null : (100 * hits[c]!) / n, images: n })),
  };
}
