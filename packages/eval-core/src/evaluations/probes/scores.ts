/** The values of test logits that several probes report. */
import { accuracy, meanPerClassAccuracy, type Score, topClasses, topKAccuracy } from "../../metrics/index.ts";
import type { Value } from "../evaluation.ts";

export interface ClassScores {
  readonly accuracy: Score;
  readonly perClass: Score;
  /** Undefined below five classes. */
  readonly top5: Score | undefined;
}

/** @param logits rows x classes */
export function classScores(logits: Float64Array, labels: Int32Array, classes: number): ClassScores {
  const matrix = { shape: [labels.length, classes], data: logits };
  const predicted = topClasses(matrix);
  const { value, interval, sampleSize } = meanPerClassAccuracy(predicted, labels, classes);
  return {
    accuracy: accuracy(predicted, labels, classes),
    perClass: { value, interval, sampleSize },
    top5: classes >= 5 ? topKAccuracy(matrix, labels, 5) : undefined,
  };
}

/** The dataset's own metric first, the other accuracy, top-5 where there is one. */
export function classValues(prefix: string, metric: string, scores: ClassScores): Value[] {
  const value = (name: string, { value, interval, sampleSize: n }: Score): Value => ({
    measure: `${prefix}/${name}`,
    value,
    interval,
    n,
  });
  const both = [value("accuracy", scores.accuracy), value("mean-per-class-accuracy", scores.perClass)];
  if (metric !== "accuracy") both.reverse();
  return [...both, ...(scores.top5 ? [value("top-5", scores.top5)] : [])];
}
