/** Measures as formats name them: which there can be, in which unit, within which bounds; which splits are tested on. */
import { datasets, type Metric, metricNamed, partsOf, settings } from "@transferboard/vocabulary";

const SETTINGS: ReadonlySet<string> = new Set(settings.map(({ slug }) => slug));
const DATASETS: ReadonlySet<string> = new Set(datasets.map(({ slug }) => slug));

/** Accuracy on these is called top1. */
const TOP1 = new Set([
  ...["imagenet", "imagenet-real", "imagenetv2", "imagenet-sketch", "imagenet-a", "imagenet-r"],
  ...["imagenet-o", "objectnet", "imagenet-a-clean", "imagenet-r-clean"],
]);

export const accuracyOn = (dataset: string): string => (TOP1.has(dataset) ? "top1" : "accuracy");

/** Whether the text has the form of a measure, setting/dataset/metric, whether there is one or not. */
export const isMeasureForm = (text: unknown): text is string =>
  typeof text === "string" && /^[^/\s]+\/[^/\s]+\/[^/\s]+$/.test(text);

/** Whether the text is setting/dataset/metric, all three in the vocabulary. */
export function isMeasure(text: unknown): boolean {
  if (!isMeasureForm(text)) return false;
  const { setting, dataset, metric } = partsOf(text);
  return SETTINGS.has(setting) && DATASETS.has(dataset) && metricNamed(metric) !== undefined;
}

export const isSetting = (slug: string): boolean => SETTINGS.has(slug);

/** @throws RangeError for a measure whose metric is not in the vocabulary */
export function metricOf(measure: string): Metric {
  const { metric } = partsOf(measure);
  const found = metricNamed(metric);
  if (found) return found;
  throw new RangeError(`There is no metric '${metric}'.`);
}

/** Names that other tools have for our metrics. */
const NAMES: Readonly<Record<string, string>> = {
  acc: "accuracy",
  acc1: "accuracy",
  top1: "accuracy",
  "top-1": "accuracy",
  "top-1-accuracy": "accuracy",
  "top1-accuracy": "accuracy",
  "top-5": "top5",
  "top-5-accuracy": "top5",
  "top5-accuracy": "top5",
  acc5: "top5",
  "mean-per-class-recall": "mean-per-class-accuracy",
  "balanced-accuracy": "mean-per-class-accuracy",
  miou: "mean-iou",
};

export const sluggish = (text: unknown): string =>
  String(text ?? "")
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "");

/** A metric of ours by its own name or a tool's, on a dataset. */
export function metricNamedBy(name: string, dataset: string): string | undefined {
  const own = NAMES[sluggish(name)] ?? sluggish(name);
  if (own === "accuracy") return accuracyOn(dataset);
  return metricNamed(own) ? own : undefined;
}

const TESTED_ON_VALIDATION = /^(imagenet.*|objectnet|ade20k|food|food101)$/;

/** Whether published results of the dataset are of this split; none told is taken for it. */
export function isTestSplit(split: unknown, dataset: string): boolean {
  if (split === undefined || split === null || split === "") return true;
  const name = String(split).trim().toLowerCase();
  if (name === "test") return true;
  if (dataset === "tiny-imagenet") return name === "valid";
  return (name === "validation" || name === "val") && TESTED_ON_VALIDATION.test(dataset);
}
