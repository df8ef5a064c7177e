/** Scores of dense predictions: segmentation and surface normals, accumulated over images in float64. */

import { MetricError } from "./input.ts";

export interface SegmentationScore {
  /** Intersection over union, in 0 to 1; null for a class neither labelled nor predicted. */
  readonly iouPerClass: readonly (number | null)[];
  /** Mean over the classes that have one, in 0 to 1. */
  readonly meanIou: number;
  /** Share of labelled pixels with the right class, in percent. */
  readonly pixelAccuracy: number;
  readonly labelledPixels: number;
}

/** both / (labelled + predicted - both) of each class, from counts of pixels; null for one that is in neither. */
export function intersectionOverUnion(
  both: Float64Array,
  labelled: Float64Array,
  predicted: Float64Array,
): (number | null)[] {
  return Array.from(both, (n, c) => {
    const union = labelled[c]! + predicted[c]! - n;
    return union === 0 ? null : n / union;
  });
}

/** Counts pixels image by image; `score` at the end. */
export class SegmentationMetric {
  readonly #classes: number;
  readonly #ignore: number | null;
  readonly #both: Float64Array;
  readonly #labelled: Float64Array;
  readonly #predicted: Float64Array;

  /** Pixels labelled `ignoreLabel` count nowhere, neither in unions nor in the accuracy. */
  constructor(classes: number, ignoreLabel: number | null) {
    this.#classes = classes;
    this.#ignore = ignoreLabel;
    this.#both = new Float64Array(classes);
    this.#labelled = new Float64Array(classes);
    this.#predicted = new Float64Array(classes);
  }

  /** @throws MetricError on maps of different sizes or a class out of range. */
  add(predictions: ArrayLike<number>, labels: ArrayLike<number>): void {
    if (predictions.length !== labels.length) {
      throw new MetricError(
        `Predictions and labels must cover the same pixels: ${predictions.length} for ${labels.length}.`,
      );
    }
    const last = this.#classes - 1;
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i]!;
      if (label === this.#ignore) continue;
      const prediction = predictions[i]!;
      if (!Number.isInteger(label) || label < 0 || label > last) {
        throw new MetricError(`Pixel ${i} is labelled ${label}: expected a class from 0 to ${last}.`);
      }
      if (!Number.isInteger(prediction) || prediction < 0 || prediction > last) {
        throw new MetricError(`Pixel ${i} is predicted ${prediction}: expected a class from 0 to ${last}.`);
      }
      this.#labelled[label]!++;
      this.#predicted[prediction]!++;
      if (label === prediction) this.#both[label]!++;
    }
  }

  /** @throws MetricError when no labelled pixel was added. */
  score(): SegmentationScore {
    const iouPerClass = intersectionOverUnion(this.#both, this.#labelled, this.#predicted);
    const present = iouPerClass.filter((iou) => iou !== null);
    if (present.length === 0)
      throw new MetricError("No labelled pixel was given: there is nothing to score.");
    const labelledPixels = this.#labelled.reduce((sum, n) => sum + n, 0);
    return {
      iouPerClass,
      meanIou: present.reduce((sum, iou) => sum + iou, 0) / present.length,
      pixelAccuracy: (100 * this.#both.reduce((sum, n) => sum + n, 0)) / labelledPixels,
      labelledPixels,
    };
  }
}

/** The thresholds of the surface-normal scores, in degrees. */
export const WITHIN_DEGREES = [11.25, 22.5, 30] as const;

export interface NormalsScore {
  /** Degrees. */
  readonly meanError: number;
  /** Degrees; of an even number of pixels the mean of the two in the middle. */
  readonly medianError: number;
  /** Percent of valid pixels with an error below 11.25, 22.5 and 30 degrees. */
  readonly within: readonly { readonly degrees: number; readonly percent: number }[];
  readonly validPixels: number;
}

/**
 * Angles between predicted and true normals over valid pixels, by atan2(|p x t|, p · t), which keeps its digits at
 * small angles; neither needs to be of unit length.
 * @param predicted three numbers a pixel (x, y, z interleaved), as `truth`; `valid` one: 0 leaves the pixel out.
 * @throws MetricError on sizes that do not match, a valid pixel without a direction, or no valid pixel.
 */
export function angularErrors(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  valid: ArrayLike<number>,
): NormalsScore {
  const pixels = valid.length;
  if (predicted.length !== 3 * pixels || truth.length !== 3 * pixels) {
    throw new MetricError(
      `${pixels} pixels need ${3 * pixels} numbers each: found ${predicted.length} predicted, ${truth.length} true.`,
    );
  }
  const errors = new Float64Array(pixels);
  let count = 0;
  for (let i = 0; i < pixels; i++) {
    if (valid[i] === 0) continue;
    const [a, b, c] = [predicted[3 * i]!, predicted[3 * i + 1]!, predicted[3 * i + 2]!];
    const [u, v, w] = [truth[3 * i]!, truth[3 * i + 1]!, truth[3 * i + 2]!];
    const cross = Math.hypot(b * w - c * v, c * u - a * w, a * v - b * u);
    const along = a * u + b * v + c * w;
    if (!Number.isFinite(along) || (cross === 0 && along === 0)) {
      throw new MetricError(
        `Valid pixel ${i} has no direction: predicted (${a}, ${b}, ${c}), true (${u}, ${v}, ${w}).`,
      );
    }
    errors[count++] = (Math.atan2(cross, along) * 180) / Math.PI;
  }
  if (count === 0) throw new MetricError("No pixel is valid: there is nothing to score.");
  const sorted = errors.subarray(0, count).sort();
  return {
    meanError: sorted.reduce((sum, error) => sum + error, 0) / count,
    medianError: (sorted[(count - 1) >> 1]! + sorted[count >> 1]!) / 2,
    within: WITHIN_DEGREES.map((degrees) => ({
      degrees,
      percent: (100 * sorted.filter((error) => error < degrees).length) / count,
    })),
    validPixels: count,
  };
}
