/** Precision, recall and F1 over the classes that occur in the labels or the predictions, in percent, as scikit-learn's. */
import { requireLabels } from "./input.ts";

export interface ClassificationReport {
  /** Plain means over the classes. */
  readonly macroF1: number;
  readonly precision: number;
  readonly recall: number;
  /** The mean over classes weighted by their labels. */
  readonly weightedF1: number;
}

/** @throws MetricError on an empty split, labels out of range, or lists that do not pair up. */
export function classificationReport(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): ClassificationReport {
  requireLabels(labels, predicted.length, classes);
  const hits = new Float64Array(classes);
  const said = new Float64Array(classes);
  const are = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) {
    are[labels[i]!]!++;
    said[predicted[i]!]!++;
    if (predicted[i] === labels[i]) hits[labels[i]!]!++;
  }
  let count = 0;
  const sums = { macroF1: 0, precision: 0, recall: 0, weightedF1: 0 };
  for (let c = 0; c < classes; c++) {
    if (are[c] === 0 && said[c] === 0) continue;
    count++;
    const f1 = (2 * hits[c]!) / (are[c]! + said[c]!);
    sums.macroF1 += f1;
    sums.weightedF1 += f1 * are[c]!;
    // A class that is never said has no precision, one that never is no recall: 0, as scikit-learn counts them.
    if (said[c]! > 0) sums.precision += hits[c]! / said[c]!;
    if (are[c]! > 0) sums.recall += hits[c]! / are[c]!;
  }
  return {
    macroF1: (100 * sums.macroF1) / count,
    precision: (100 * sums.precision) / count,
    recall: (100 * sums.recall) / count,
    weightedF1: (100 * sums.weightedF1) / labels.length,
  };
}
