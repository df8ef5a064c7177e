/** What several probes report of their test logits: values, scores, predictions, and what is worth a warning. */
import type { Dataset } from "../../datasets/index.ts";
import type { DatasetFeatures } from "../../features/index.ts";
import { accuracy, meanPerClassAccuracy, type Score, topClasses, topKAccuracy } from "../../metrics/index.ts";
import type { JsonRecord, RunResult, Value } from "../evaluation.ts";
import { testPredictions } from "../predictions.ts";
import { type ProbeRows, warningsOf } from "./rows.ts";

interface ClassScores {
  readonly accuracy: Score;
  readonly perClass: Score;
  /** Undefined below five classes. */
  readonly top5: Score | undefined;
}

/** @param logits rows x classes */
function classScores(logits: Float64Array, labels: Int32Array, classes: number): ClassScores {
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
function classValues(prefix: string, metric: string, scores: ClassScores): Value[] {
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

interface Scored {
  readonly data: Dataset;
  readonly setting: string;
  readonly features: DatasetFeatures;
  readonly rows: ProbeRows;
  /** Test images x classes. */
  readonly logits: Float64Array;
  /** The accuracy alone, where the protocol has no other measure. */
  readonly accuracyAlone?: boolean;
  readonly sizes: Readonly<Record<string, number>>;
  /** What else the probe records of how it was fitted. */
  readonly fitted: JsonRecord;
  readonly warnings?: readonly string[];
}

/** The result of a probe that answers logits. */
export function logitsResult(scored: Scored): RunResult {
  const {
    data,
    setting,
    features,
    rows,
    logits,
    accuracyAlone = false,
    sizes,
    fitted,
    warnings = [],
  } = scored;
  const scores = classScores(logits, rows.test.y, rows.classes);
  const prefix = `${setting}/${data.name}`;
  const values = accuracyAlone
    ? classValues(prefix, "accuracy", scores).slice(0, 1)
    : classValues(prefix, data.metric, scores);
  const measures = values.map(({ measure }) => measure);
  return {
    values,
    predictions: testPredictions(data, (item) => features.rowOf.has(item), logits, measures),
    record: {
      sizes: { ...sizes, test: rows.test.y.length },
      features: features.featureSize,
      classes: rows.classes,
      ...fitted,
      scores: { ...scores, top5: scores.top5 ?? null },
      unreadable: features.unreadable,
    },
    warnings: [...warningsOf(rows, data.classes), ...warnings],
  };
}
