/** Scores of logits against labels: which of the house's metrics a task has. */
import {
  accuracy,
  meanAveragePrecision11,
  meanPerClassAccuracy,
  type Score,
  topClasses,
} from "../../metrics/index.ts";
import type { LinearLabels, LinearTask } from "../../probe/loss.ts";
import { SeededRandom } from "../../tensor/index.ts";
import type { LinearMetric, LinearScores } from "./record.ts";

/**
 * The task's metrics, null where it has no such.
 * @param intervals false leaves out those that need resampling
 */
export function scoresOf(
  task: LinearTask,
  logits: Float64Array,
  labels: LinearLabels,
  classes: number,
  intervals = true,
): Record<LinearMetric, Score | null> {
  const scores = { shape: [logits.length / classes, classes], data: logits };
  if (task === "multi-label") {
    const options = intervals ? { random: new SeededRandom(0) } : {};
    const map11 = meanAveragePrecision11(scores, { shape: scores.shape, data: labels }, options);
    return { accuracy: null, "mean-per-class-accuracy": null, map11 };
  }
  const predicted = topClasses(scores);
  return {
    accuracy: accuracy(predicted, labels, classes),
    "mean-per-class-accuracy": meanPerClassAccuracy(predicted, labels, classes),
    map11: null,
  };
}

export function required(metric: LinearMetric, scores: Record<LinearMetric, Score | null>): Score {
  const score = scores[metric];
  if (!score) throw new Error(`the metric ${metric} is not defined for this task`);
  return score;
}

export function valuesOf(scores: Record<LinearMetric, Score | null>): LinearScores {
  return {
    accuracy: scores.accuracy?.value ?? null,
    "mean-per-class-accuracy": scores["mean-per-class-accuracy"]?.value ?? null,
    map11: scores.map11?.value ?? null,
  };
}
