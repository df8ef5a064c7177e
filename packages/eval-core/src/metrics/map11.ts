/**
 * PASCAL VOC's 11-point interpolated average precision, as the paper's code computes it.
 *
 * Conventions, which move the third digit: images of one score enter together (as in scikit-learn's
 * precision_recall_curve); the curve starts at recall 0 with precision 1; recall thresholds are k · 0.1 in double
 * precision, so 0.30000000000000004 and not 3/10.
 */

import type { SeededRandom } from "../tensor/random.ts";
import { MetricError, requireScores, type Score, type ScoreMatrix } from "./input.ts";

/** The positions of a column in descending order of score, and where each group of equal scores ends. */
interface Order {
  readonly order: Uint32Array;
  readonly lastOfGroup: Uint8Array;
}

function descending(scores: ScoreMatrix, column: number, rows: number, columns: number): Order {
  const at = (row: number) => scores.data[row * columns + column]!;
  const order = Uint32Array.from({ length: rows }, (_, i) => i).sort((a, b) => at(b) - at(a));
  const lastOfGroup = Uint8Array.from(order, (row, i) => (at(row) === at(order[i + 1] ?? -1) ? 0 : 1));
  return { order, lastOfGroup };
}

/** AP in 0 to 1 with each image counted `weights[row]` times; null without a positive. */
function elevenPointAp(
  { order, lastOfGroup }: Order,
  positive: (row: number) => boolean,
  weights: Uint32Array | null,
): number | null {
  const curve = new PrecisionCurve();
  for (const row of order) if (positive(row)) curve.positives += weights ? weights[row]! : 1;
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    curve.add(weights ? weights[row]! : 1, positive(row));
    if (lastOfGroup[i] === 1) curve.endOfGroup();
  }
  return curve.averagePrecision();
}

/** Precision at 11 recalls, built from the best score down. */
class PrecisionCurve {
  positives = 0;
  #seen = 0;
  #found = 0;
  #reached = 0;
  /** The highest precision at a recall that reaches threshold k but not k + 1. */
  readonly #best = Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  add(weight: number, positive: boolean): void {
    this.#seen += weight;
    if (positive) this.#found += weight;
  }

  /** All images of one score are in. */
  endOfGroup(): void {
    if (this.#seen === 0) return;
    while (this.#reached < 10 && this.#found / this.positives >= (this.#reached + 1) * 0.1) this.#reached++;
    this.#best[this.#reached] = Math.max(this.#best[this.#reached]!, this.#found / this.#seen);
  }

  averagePrecision(): number | null {
    if (this.positives === 0) return null;
    let sum = 0;
    let highest = 0;
    for (let k = 10; k >= 0; k--) {
      highest = Math.max(highest, this.#best[k]!);
      sum += highest;
    }
    return sum / 11;
  }
}

/**
 * 11-point AP, 0 to 1, of entries already in descending order of score, each counted as often as `count` says (0: not
 * at all). Null without a positive.
 */
export function map11OfCounts(
  order: Uint32Array,
  scores: ArrayLike<number>,
  positive: (entry: number) => boolean,
  count: (entry: number) => number,
): number | null {
  const curve = new PrecisionCurve();
  for (const entry of order) if (positive(entry)) curve.positives += count(entry);
  let last = Number.NaN;
  for (const entry of order) {
    const times = count(entry);
    if (times === 0) continue;
    if (scores[entry] !== last) {
      curve.endOfGroup();
      last = scores[entry]!;
    }
    curve.add(times, positive(entry));
  }
  curve.endOfGroup();
  return curve.averagePrecision();
}

export interface MeanAveragePrecision extends Score {
  /** In 0 to 1; null where no image shows the class. */
  readonly perClass: readonly (number | null)[];
}

export interface Map11Options {
  /** Given, the 95% interval is a percentile bootstrap over images; else there is none. */
  readonly random?: SeededRandom;
  /** 1,000 where not given. */
  readonly resamples?: number;
}

/**
 * The mean over classes of the 11-point AP, in percent. A class that no image shows is left out and is null.
 * @param labels rows x classes, 1 where the image shows the class, else 0.
 * @throws MetricError on scores that are not finite, labels other than 0 and 1, other shapes, or no positive at all.
 */
export function meanAveragePrecision11(
  scores: ScoreMatrix,
  labels: { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
  { random, resamples = 1000 }: Map11Options = {},
): MeanAveragePrecision {
  const { rows, columns } = requireScores(scores);
  if (labels.shape.length !== 2 || labels.shape[0] !== rows || labels.shape[1] !== columns) {
    throw new MetricError(`labels must be [${rows},${columns}] as the scores are: found [${labels.shape}].`);
  }
  for (let i = 0; i < labels.data.length; i++) {
    if (labels.data[i] !== 0 && labels.data[i] !== 1) {
      const at = `row ${Math.floor(i / columns)}, class ${i % columns}`;
      throw new MetricError(`labels must be 0 or 1: found ${labels.data[i]} at ${at}.`);
    }
  }
  const orders = Array.from({ length: columns }, (_, c) => descending(scores, c, rows, columns));
  const evaluate = (weights: Uint32Array | null) =>
    orders.map((order, c) => elevenPointAp(order, (row) => labels.data[row * columns + c] === 1, weights));
  const perClass = evaluate(null);
  const value = meanPercent(perClass);
  if (value === null)
    throw new MetricError("No image shows any class: average precision has nothing to find.");

  let interval: Score["interval"] = null;
  if (random) {
    const drawn: number[] = [];
    const weights = new Uint32Array(rows);
    for (let sample = 0; sample < resamples; sample++) {
      weights.fill(0);
      for (let i = 0; i < rows; i++) weights[random.below(rows)]!++;
      const mean = meanPercent(evaluate(weights));
      if (mean !== null) drawn.push(mean);
    }
    drawn.sort((a, b) => a - b);
    const at = (q: number) => drawn[Math.round(q * (drawn.length - 1))]!;
    interval = { lower: at(0.025), upper: at(0.975) };
  }
  return { value, interval, sampleSize: rows, perClass };
}

function meanPercent(perClass: readonly (number | null)[]): number | null {
  const present = perClass.filter((ap) => ap !== null);
  return present.length === 0 ? null : (100 * present.reduce((sum, ap) => sum + ap, 0)) / present.length;
}
