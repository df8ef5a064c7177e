/**
 * The calibration of a linear classifier: expected calibration error on test, before and after temperature scaling.
 * The temperature is fitted on one fold of test and scored on the others: the authors' choice, kept and labelled.
 * Not for multi-label datasets: there is no top probability.
 */

import {
  type CalibrationError,
  expectedCalibrationError,
  fitTemperature,
  MetricError,
  negativeLogLikelihood,
  type ReliabilityBin,
  type ScoreMatrix,
  type TemperatureFit,
} from "../../metrics/index.ts";
import { SeededRandom } from "../../tensor/index.ts";
import { CALIBRATION_LINEAR } from "./calibration-protocol.ts";

export { CALIBRATION_LINEAR } from "./calibration-protocol.ts";

export interface CalibrationOptionsOfTest {
  /** images x classes, before the softmax. */
  readonly logits: ScoreMatrix;
  readonly labels: ArrayLike<number>;
  /** A permutation of the images, cut into the folds; else one is drawn from `seed`. */
  readonly order?: ArrayLike<number>;
  /** 0 where neither is given. */
  readonly seed?: number;
}

export interface CalibrationFold extends TemperatureFit {
  /** How many images the temperature was fitted on. */
  readonly fittedOn: number;
  readonly scoredOn: number;
  /** Percent, on the other folds. */
  readonly eceScaled: number;
  readonly negativeLogLikelihoodScaled: number;
}

export interface CalibrationRecord {
  readonly protocol: typeof CALIBRATION_LINEAR;
  /** Null where the order was given. */
  readonly seed: number | null;
  readonly sampleSize: number;
  /** Percent, of all of test. No interval: the error is biased upwards by its binning, and no formula corrects it. */
  readonly ece: number;
  /** Percent, mean over folds. */
  readonly eceScaled: number;
  /** Nats an image. */
  readonly negativeLogLikelihood: number;
  readonly negativeLogLikelihoodScaled: number;
  readonly folds: readonly CalibrationFold[];
  /** Reliability diagrams. After scaling, the folds' are pooled: each image counts once for each of the 4 scorings. */
  readonly bins: readonly ReliabilityBin[];
  readonly binsScaled: readonly ReliabilityBin[];
}

/** @throws MetricError on an empty or too small split, logits that are not finite, labels or an order out of range. */
export function calibrateLinear(options: CalibrationOptionsOfTest): CalibrationRecord {
  const { logits, labels } = options;
  const { count: bins } = CALIBRATION_LINEAR.bins;
  const before = expectedCalibrationError(logits, labels, { bins });
  const n = labels.length;
  const seed = options.order ? null : (options.seed ?? 0);
  const order = options.order ?? new SeededRandom(seed ?? 0).permutation(n);
  const runs = cut(order, n, CALIBRATION_LINEAR.scaling.folds);

  const scaled: CalibrationError[] = [];
  const folds = runs.map((fold, i): CalibrationFold => {
    const rest = runs.filter((_, other) => other !== i).flat();
    const fit = fitTemperature(logits, labels, fold);
    const { temperature } = fit;
    const after = expectedCalibrationError(logits, labels, { temperature, bins, rows: rest });
    scaled.push(after);
    return {
      ...fit,
      fittedOn: fold.length,
      scoredOn: rest.length,
      eceScaled: after.value,
      negativeLogLikelihoodScaled: negativeLogLikelihood(logits, labels, { temperature, rows: rest }),
    };
  });
  const meanOf = (pick: (fold: CalibrationFold) => number) =>
    folds.reduce((sum, fold) => sum + pick(fold), 0) / folds.length;
  return {
    protocol: CALIBRATION_LINEAR,
    seed,
    sampleSize: n,
    ece: before.value,
    eceScaled: meanOf((fold) => fold.eceScaled),
    negativeLogLikelihood: negativeLogLikelihood(logits, labels),
    negativeLogLikelihoodScaled: meanOf((fold) => fold.negativeLogLikelihoodScaled),
    folds,
    bins: before.bins,
    binsScaled: pool(scaled.map((error) => error.bins)),
  };
}

/** Cuts a permutation into runs whose lengths differ by at most one, the longer ones first (NumPy's array_split). */
function cut(order: ArrayLike<number>, n: number, folds: number): number[][] {
  if (n < folds)
    throw new MetricError(`${folds}-fold temperature scaling needs at least ${folds} images: found ${n}.`);
  const seen = new Uint8Array(n);
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    if (!Number.isInteger(row) || row < 0 || row >= n || seen[row] === 1) {
      throw new MetricError(`The fold order must hold 0 to ${n - 1} once each: found ${row} at ${i}.`);
    }
    seen[row] = 1;
  }
  if (order.length !== n) {
    throw new MetricError(`The fold order must hold all ${n} images: found ${order.length}.`);
  }
  const rows = Array.from(order);
  const shortest = Math.floor(n / folds);
  let start = 0;
  return Array.from({ length: folds }, (_, i) => {
    const end = start + shortest + (i < n % folds ? 1 : 0);
    const run = rows.slice(start, end);
    start = end;
    return run;
  });
}

/** Bin by bin: counts added, means weighted by count. */
function pool(tables: readonly (readonly ReliabilityBin[])[]): ReliabilityBin[] {
  return tables[0]!.map(({ lower, upper }, b) => {
    const bins = tables.map((table) => table[b]!);
    const count = bins.reduce((sum, bin) => sum + bin.count, 0);
    const weighted = (of: "confidence" | "accuracy") =>
      count === 0 ? null : bins.reduce((sum, bin) => sum + bin.count * (bin[of] ?? 0), 0) / count;
    return { lower, upper, count, confidence: weighted("confidence"), accuracy: weighted("accuracy") };
  });
}
