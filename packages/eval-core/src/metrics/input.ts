/** The typed error of this room, and the checks that the metrics share. */

/** Rows of scores, row-major: rows x columns. A float tensor is one. */
export interface ScoreMatrix {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** A range that holds the true value with 95% confidence, in the unit of its value. */
export interface ScoreInterval {
  readonly lower: number;
  readonly upper: number;
}

/** A value in the unit of its metric, with what is known of its sampling error. */
export interface Score {
  readonly value: number;
  /** Null where no interval is well defined. */
  readonly interval: ScoreInterval | null;
  /** How many cases (images, pixels) were scored. */
  readonly sampleSize: number;
}

/** What was given to a metric is not what it scores; the message is one sentence for people. */
export class MetricError extends RangeError {
  override readonly name = "MetricError";
}

/**
 * @returns rows and columns of a non-empty matrix of finite scores.
 * @throws MetricError naming the first cell that is not finite.
 */
export function requireScores(scores: ScoreMatrix, what = "scores"): { rows: number; columns: number } {
  const [rows, columns] = scores.shape;
  if (scores.shape.length !== 2 || !rows || !columns) {
    throw new MetricError(
      `${what} must be rows x classes with at least one of each: found [${scores.shape}].`,
    );
  }
  const { data } = scores;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      const at = `row ${Math.floor(i / columns)}, column ${i % columns}`;
      throw new MetricError(`${what} must be finite: found ${data[i]} at ${at}.`);
    }
  }
  return { rows, columns };
}

/** @throws MetricError unless there are `count` labels, each an integer from 0 to classes - 1. */
export function requireLabels(
  labels: ArrayLike<number>,
  count: number,
  classes: number,
  what = "labels",
): void {
  if (count === 0) throw new MetricError("There is nothing to score: the split is empty.");
  if (labels.length !== count) {
    throw new MetricError(`${what} and predictions must pair up: ${labels.length} for ${count}.`);
  }
  for (let i = 0; i < count; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new MetricError(`${what}[${i}] is ${label}: expected a class from 0 to ${classes - 1}.`);
    }
  }
}
