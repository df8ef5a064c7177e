/** Average precision of kept detections: by the house's own scoring, over all images or over a resample of them. */
import {
  scoreOutcomes,
  type VocDetection,
  type VocObject,
  type VocOutcomes,
  vocOutcomes,
} from "../../metrics/voc-detection.ts";
import { drawImages } from "../significance/resample.ts";
import type { DetectionPredictions, TestSet } from "./predictions.ts";

export const DETECTION_METRICS = ["ap", "ap50", "ap75"] as const;
export type DetectionMetric = (typeof DETECTION_METRICS)[number];

const four = (boxes: ArrayLike<number>, at: number) =>
  [boxes[at]!, boxes[at + 1]!, boxes[at + 2]!, boxes[at + 3]!] as const;

function outcomesOf(predictions: DetectionPredictions, { objects = [] }: TestSet): VocOutcomes[] {
  const truth = objects.map(
    ({ image, class: kind, box, difficult }): VocObject => ({
      image: String(image),
      class: kind,
      box: four(box, 0),
      difficult,
    }),
  );
  const found = Array.from(
    { length: predictions.image.length },
    (_, i): VocDetection => ({
      image: String(predictions.image[i]!),
      class: predictions.class[i]!,
      score: predictions.score[i]!,
      box: four(predictions.boxes, 4 * i),
    }),
  );
  return vocOutcomes(truth, found, predictions.classes);
}

const rulesOf = ({ absentClassesCount }: DetectionPredictions) =>
  ({ metric: "11-point", absentClasses: absentClassesCount ? "zero" : "leave-out" }) as const;

/** A method's AP over any images, each as often as told. */
export function detectionScorer(
  predictions: DetectionPredictions,
  testSet: TestSet,
): (metric: DetectionMetric, timesOf?: (image: number) => number) => number {
  const outcomes = outcomesOf(predictions, testSet);
  const rules = rulesOf(predictions);
  return (metric, timesOf = () => 1) =>
    scoreOutcomes(outcomes, rules, (image) => timesOf(Number(image)))[metric];
}

/** Bootstrap of the difference alone: detections of two models are no exchangeable rows until they are matched. */
export function pairedDetections(
  metric: DetectionMetric,
  pair: readonly [DetectionPredictions, DetectionPredictions],
  testSet: TestSet,
) {
  const n = pair[0].images;
  const [a, b] = [detectionScorer(pair[0], testSet), detectionScorer(pair[1], testSet)];
  const counts = new Uint32Array(n);
  return {
    n,
    values: [a(metric), b(metric)] as const,
    draw: drawImages(n),
    difference(indices: Uint32Array): number {
      counts.fill(0);
      for (const image of indices) counts[image]!++;
      const times = (image: number) => counts[image]!;
      return a(metric, times) - b(metric, times);
    },
  };
}
