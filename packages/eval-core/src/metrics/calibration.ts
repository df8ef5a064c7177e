/** How far stated probabilities are from the truth: expected calibration error, likelihood, one temperature. */

import { requireLabels, requireScores, type ScoreMatrix } from "./input.ts";

export interface ReliabilityBin {
  /** The bin holds top probabilities in (lower, upper]; the first holds 0 too. */
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
  /** Means over the bin, in 0 to 1; null where it is empty. */
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

export interface CalibrationError {
  /** Σ count/n |accuracy - confidence| over bins, in percent. */
  readonly value: number;
  readonly sampleSize: number;
  readonly bins: readonly ReliabilityBin[];
}

/** Visits each row: its logits times `scale` less their maximum, exponentiated into `terms`, with their sum. */
function eachSoftmax(
  { data }: ScoreMatrix,
  rows: ArrayLike<number>,
  columns: number,
  scale: number,
  visit: (row: number, terms: Float64Array, total: number, top: number) => void,
): void {
  const terms = new Float64Array(columns);
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r]!;
    const start = row * columns;
    let top = 0;
    for (let c = 1; c < columns; c++) if (data[start + c]! > data[start + top]!) top = c;
    const highest = data[start + top]!;
    let total = 0;
    for (let c = 0; c < columns; c++) {
      terms[c] = Math.exp(scale * (data[start + c]! - highest));
      total += terms[c]!;
    }
    visit(row, terms, total, top);
  }
}

const allRows = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);

export interface CalibrationOptions {
  /** Logits are divided by it before the softmax; 1 where not given. */
  readonly temperature?: number;
  /** 15 where not given. */
  readonly bins?: number;
  /** Which rows to score; all where not given. */
  readonly rows?: ArrayLike<number>;
}

/**
 * Expected calibration error over equal-width bins of the top probability (Guo et al. 2017).
 * @throws MetricError on logits that are not finite, labels out of range, or an empty split.
 */
export function expectedCalibrationError(
  logits: ScoreMatrix,
  labels: ArrayLike<number>,
  { temperature = 1, bins = 15, rows }: CalibrationOptions = {},
): CalibrationError {
  const size = requireScores(logits, "logits");
  requireLabels(labels, size.rows, size.columns);
  const used = rows ?? allRows(size.rows);
  const count = new Uint32Array(bins);
  const confidence = new Float64Array(bins);
  const hits = new Uint32Array(bins);
  eachSoftmax(logits, used, size.columns, 1 / temperature, (row, _, total, top) => {
    // The top term is exp(0) = 1.
    const probability = 1 / total;
    const bin = Math.min(bins, Math.max(1, Math.ceil(probability * bins))) - 1;
    count[bin]!++;
    confidence[bin]! += probability;
    if (labels[row] === top) hits[bin]!++;
  });
  let error = 0;
  const table: ReliabilityBin[] = [];
  for (let b = 0; b < bins; b++) {
    const n = count[b]!;
    error += Math.abs(hits[b]! - confidence[b]!);
    table.push({
      lower: b / bins,
      upper: (b + 1) / bins,
      count: n,
      confidence: n === 0 ? null : confidence[b]! / n,
      accuracy: n === 0 ? null : hits[b]! / n,
    });
  }
  return { value: (100 * error) / used.length, sampleSize: used.length, bins: table };
}

/** Mean negative log likelihood of the labels, in nats. @throws as `expectedCalibrationError`. */
export function negativeLogLikelihood(
  logits: ScoreMatrix,
  labels: ArrayLike<number>,
  { temperature = 1, rows }: Omit<CalibrationOptions, "bins"> = {},
): number {
  const size = requireScores(logits, "logits");
  requireLabels(labels, size.rows, size.columns);
  const used = rows ?? allRows(size.rows);
  let sum = 0;
  eachSoftmax(logits, used, size.columns, 1 / temperature, (row, _, total, top) => {
    const start = row * size.columns;
    sum += Math.log(total) - (logits.data[start + labels[row]!]! - logits.data[start + top]!) / temperature;
  });
  return sum / used.length;
}

export interface TemperatureFit {
  readonly temperature: number;
  readonly iterations: number;
  /**
   * interior: the likelihood's only maximum. lowest, highest: the likelihood still grew at the end of the range
   * (every image right: ever more certainty; worse than guessing: ever less), so its end is the answer.
   */
  readonly at: "interior" | "lowest" | "highest";
}

/** The range that a temperature is sought in. */
export const TEMPERATURES = { lowest: 1e-3, highest: 1e3 } as const;

/**
 * The temperature of least negative log likelihood. In s = 1/T that is convex, with derivative
 * mean(E[z] - z of the label) and curvature mean(Var[z]): Newton's steps, kept inside a shrinking bracket.
 * @throws as `expectedCalibrationError`.
 */
export function fitTemperature(
  logits: ScoreMatrix,
  labels: ArrayLike<number>,
  rows?: ArrayLike<number>,
): TemperatureFit {
  const size = requireScores(logits, "logits");
  requireLabels(labels, size.rows, size.columns);
  const used = rows ?? allRows(size.rows);
  const slopeAt = (s: number) => {
    let slope = 0;
    let curvature = 0;
    eachSoftmax(logits, used, size.columns, s, (row, terms, total, top) => {
      const start = row * size.columns;
      const highest = logits.data[start + top]!;
      let first = 0;
      let second = 0;
      for (let c = 0; c < size.columns; c++) {
        const z = logits.data[start + c]! - highest;
        first += terms[c]! * z;
        second += terms[c]! * z * z;
      }
      first /= total;
      slope += first - (logits.data[start + labels[row]!]! - highest);
      curvature += second / total - first * first;
    });
    return { slope, curvature };
  };

  let low = 1 / TEMPERATURES.highest;
  let high = 1 / TEMPERATURES.lowest;
  if (slopeAt(low).slope >= 0) return { temperature: TEMPERATURES.highest, iterations: 1, at: "highest" };
  if (slopeAt(high).slope <= 0) return { temperature: TEMPERATURES.lowest, iterations: 2, at: "lowest" };
  let s = 1;
  let iterations = 2;
  for (; iterations < 200; iterations++) {
    const { slope, curvature } = slopeAt(s);
    if (slope > 0) high = s;
    else low = s;
    const step = s - slope / curvature;
    // Outside the bracket, or no curvature left: halve the bracket instead, in ratio.
    const next = step > low && step < high ? step : Math.sqrt(low * high);
    const moved = Math.abs(next - s);
    s = next;
    if (moved <= 1e-12 * s || high - low <= 1e-12 * s) break;
  }
  return { temperature: 1 / s, iterations, at: "interior" };
}
