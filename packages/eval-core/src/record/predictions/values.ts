/** The value of a metric that predictions give: what a run recorded, or someone claims, is held against it. */
import { map11OfCounts } from "../../metrics/map11.ts";
import { halfUnit } from "../plausibility/input.ts";
import { DETECTION_METRICS, type DetectionMetric, detectionScorer } from "./detections.ts";
import {
  ANGLE_BIN,
  ANGLE_BINS,
  type ClassPredictions,
  imagesOf,
  type LabelPredictions,
  type Predictions,
  type RegionPredictions,
  type TestSet,
} from "./predictions.ts";

/** What is computed of predictions, whatever names measures give it. */
export type ImageMetric =
  | "accuracy"
  | "top-5"
  | "mean-per-class-accuracy"
  | "map11"
  | "mean-iou"
  | "pixel-accuracy"
  | "mean-error"
  | "median-error"
  | "within-11.25"
  | "within-22.5"
  | "within-30"
  | DetectionMetric;

const NAMES: readonly (readonly [RegExp, ImageMetric])[] = [
  [/^(accuracy|top-?1)(-k\d+)?$/, "accuracy"],
  [/^top-?5(-k\d+)?$/, "top-5"],
  [/^mean-per-class-accuracy(-k\d+)?$/, "mean-per-class-accuracy"],
  [/^map11$/, "map11"],
  [/^mean-iou$/, "mean-iou"],
  [/^pixel-accuracy$/, "pixel-accuracy"],
  [/^mean-error$/, "mean-error"],
  [/^median-error$/, "median-error"],
  [/^within-11\.25$/, "within-11.25"],
  [/^within-22\.5$/, "within-22.5"],
  [/^within-30$/, "within-30"],
  [/^ap$/, "ap"],
  [/^ap50$/, "ap50"],
  [/^ap75$/, "ap75"],
];

/** What a measure, setting/dataset/metric, asks of predictions; undefined where it asks for nothing that is known here. */
export function imageMetricOf(measure: string): ImageMetric | undefined {
  const metric = measure.slice(measure.lastIndexOf("/") + 1);
  return NAMES.find(([pattern]) => pattern.test(metric))?.[1];
}

const KIND_OF: Readonly<Record<ImageMetric, Predictions["kind"]>> = {
  accuracy: "classes",
  "top-5": "classes",
  "mean-per-class-accuracy": "classes",
  map11: "labels",
  "mean-iou": "regions",
  "pixel-accuracy": "regions",
  "mean-error": "angles",
  "median-error": "angles",
  "within-11.25": "angles",
  "within-22.5": "angles",
  "within-30": "angles",
  ap: "detections",
  ap50: "detections",
  ap75: "detections",
};

export const WITHIN: readonly ImageMetric[] = ["within-11.25", "within-22.5", "within-30"];

export const isDetection = (metric: ImageMetric): metric is DetectionMetric =>
  (DETECTION_METRICS as readonly string[]).includes(metric);

/** Whether predictions of this kind give the metric. */
export const gives = ({ kind }: Predictions, metric: ImageMetric): boolean => KIND_OF[metric] === kind;

/** [image]: whether the best class, or any of the five best, is the true one. */
export function rightImages(
  { top, depth, inTop5, classes }: ClassPredictions,
  labels: readonly number[],
  metric: "accuracy" | "top-5" = "accuracy",
): Uint8Array {
  const within = metric === "accuracy" ? 1 : Math.min(5, classes);
  if (within > depth) {
    if (!inTop5) throw new RangeError("These predictions do not tell what the five best classes are.");
    return Uint8Array.from(inTop5);
  }
  return Uint8Array.from({ length: labels.length }, (_, image) => {
    for (let place = 0; place < within; place++) if (top[image * depth + place] === labels[image]) return 1;
    return 0;
  });
}

/** Whether top-5 can be told. */
export const tellsTop5 = ({ depth, inTop5, classes }: ClassPredictions): boolean =>
  inTop5 !== null || depth >= Math.min(5, classes);

const sumOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
};

/**
 * The value in the metric's unit; undefined where these predictions do not give it. The median is from bins of 0.05
 * degrees: within half a bin of the exact one.
 */
export function valueOfPredictions(
  metric: ImageMetric,
  predictions: Predictions,
  testSet: TestSet,
): number | undefined {
  if (!gives(predictions, metric)) return undefined;
  switch (predictions.kind) {
    case "classes":
      return classValue(metric, predictions, testSet.labels!);
    case "labels":
      return map11(predictions, testSet.labels!);
    case "regions":
      return metric === "mean-iou" ? meanIou(predictions) : pixelAccuracy(predictions);
    case "angles": {
      const pixels = sumOf(predictions.pixels);
      if (metric === "mean-error") return sumOf(predictions.sums) / pixels;
      if (metric === "median-error") return medianOf(predictions.histograms, pixels);
      const at = WITHIN.indexOf(metric);
      let count = 0;
      for (let i = at; i < predictions.within.length; i += 3) count += predictions.within[i]!;
      return (100 * count) / pixels;
    }
    case "detections":
      return testSet.objects && isDetection(metric)
        ? detectionScorer(predictions, testSet)(metric)
        : undefined;
  }
}

function classValue(
  metric: ImageMetric,
  predictions: ClassPredictions,
  labels: readonly number[],
): number | undefined {
  if (metric === "top-5" && !tellsTop5(predictions)) return undefined;
  const right = rightImages(predictions, labels, metric === "top-5" ? "top-5" : "accuracy");
  if (metric !== "mean-per-class-accuracy") return (100 * sumOf(right)) / right.length;
  const classes = new Map<number, { hits: number; n: number }>();
  for (const [image, label] of labels.entries()) {
    const own = classes.get(label) ?? { hits: 0, n: 0 };
    classes.set(label, { hits: own.hits + right[image]!, n: own.n + 1 });
  }
  return [...classes.values()].reduce((sum, { hits, n }) => sum + (100 * hits) / n, 0) / classes.size;
}

function map11({ ranks, classes }: LabelPredictions, labels: readonly number[]): number {
  const images = ranks.length / classes;
  const all: number[] = [];
  for (let c = 0; c < classes; c++) {
    const column = Float64Array.from({ length: images }, (_, i) => ranks[i * classes + c]!);
    const order = Uint32Array.from(column, (_, i) => i).sort((x, y) => column[y]! - column[x]!);
    const ap = map11OfCounts(
      order,
      column,
      (i) => labels[i * classes + c] === 1,
      () => 1,
    );
    if (ap !== null) all.push(ap);
  }
  return (100 * all.reduce((sum, ap) => sum + ap, 0)) / all.length;
}

function meanIou({ classes, class: of, intersection, union, overAll }: RegionPredictions): number {
  const [both, covered] = [new Float64Array(classes), new Float64Array(classes)];
  for (let i = 0; i < of.length; i++) {
    both[of[i]!]! += intersection[i]!;
    covered[of[i]!]! += union[i]!;
  }
  if (overAll) return both.reduce((sum, i, c) => sum + i / (covered[c]! + 1e-10), 0) / classes;
  const seen = Array.from(both, (i, c) => (covered[c] === 0 ? null : i / covered[c]!)).filter(
    (iou) => iou !== null,
  );
  return seen.reduce((sum, iou) => sum + iou, 0) / seen.length;
}

const pixelAccuracy = ({ intersection, pixels }: RegionPredictions): number =>
  (100 * sumOf(intersection)) / sumOf(pixels);

function medianOf(histograms: ArrayLike<number>, pixels: number): number {
  const pool = new Float64Array(ANGLE_BINS);
  for (let i = 0; i < histograms.length; i++) pool[i % ANGLE_BINS]! += histograms[i]!;
  let before = 0;
  for (let k = 0; k < ANGLE_BINS; k++) {
    if (before + pool[k]! >= pixels / 2) return ANGLE_BIN * (k + (pixels / 2 - before) / pool[k]!);
    before += pool[k]!;
  }
  return Number.NaN;
}

/** How far a stated value may lie from that of its predictions: the rounding of its last decimal, or of a bin. */
export const tolerated = (value: number, metric: ImageMetric): number =>
  halfUnit(value) + 1e-9 + (metric === "median-error" ? ANGLE_BIN : 0);

/** @throws RangeError unless there is one prediction an image, each of a known class */
export function requireFits(predictions: Predictions, { items, classes }: TestSet): void {
  const images = imagesOf(predictions);
  if (images !== items.length)
    throw new RangeError(`There are predictions of ${images} images: the test set has ${items.length}.`);
  if (predictions.kind !== "classes") return;
  for (let i = 0; i < predictions.top.length; i++) {
    const found = predictions.top[i]!;
    if (!(Number.isInteger(found) && found >= 0 && found < classes.length))
      throw new RangeError(
        `The prediction of image ${Math.floor(i / predictions.depth)} is ${found}: expected a class from 0 to ${classes.length - 1}.`,
      );
  }
}
