/** Metrics: what a number means, which way is better, and how many of its digits are shown. */

export type Direction = "HIGHER" | "LOWER" | "NEITHER";

export interface Metric {
  readonly slug: string;
  readonly title: string;
  readonly unit: string;
  readonly direction: Direction;
  /** Both bounds: the metric's range, in which its logit is taken. One: what it cannot fall below. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** Digits after the point. */
  readonly digits: number;
}

const percent = { unit: "%", direction: "HIGHER", lower: 0, upper: 100, digits: 2 } as const;
const error = { unit: "%", direction: "LOWER", lower: 0, upper: 100, digits: 2 } as const;
const degrees = { unit: "degrees", direction: "LOWER", lower: 0, upper: null, digits: 2 } as const;
const distance = { unit: "distance", direction: "LOWER", lower: 0, upper: 1, digits: 2 } as const;
const squaredLevels = {
  unit: "squared 8-bit levels",
  direction: "LOWER",
  lower: 0,
  upper: null,
  digits: 0,
} as const;
const fraction = { unit: "fraction", direction: "HIGHER", lower: 0, upper: 1, digits: 4 } as const;
const similarity = {
  unit: "cosine similarity",
  direction: "NEITHER",
  lower: -1,
  upper: 1,
  digits: 3,
} as const;

const recognition: readonly Metric[] = [
  { slug: "top1", title: "top-1 accuracy", ...percent },
  { slug: "accuracy", title: "accuracy", ...percent },
  { slug: "mean-per-class-accuracy", title: "mean per-class accuracy", ...percent },
  { slug: "map11", title: "11-point mAP", ...percent },
];

const dense: readonly Metric[] = [
  { slug: "ap", title: "AP", ...percent },
  { slug: "ap50", title: "AP50", ...percent },
  { slug: "ap75", title: "AP75", ...percent },
  { slug: "mean-error", title: "mean angular error", ...degrees },
  { slug: "median-error", title: "median angular error", ...degrees },
  { slug: "within-11.25", title: "pixels within 11.25 degrees", ...percent },
  { slug: "within-22.5", title: "pixels within 22.5 degrees", ...percent },
  { slug: "within-30", title: "pixels within 30 degrees", ...percent },
  { slug: "mean-iou", title: "mean IoU", ...fraction },
  { slug: "pixel-accuracy", title: "pixel accuracy", ...percent },
];

const whatFeaturesKeep: readonly Metric[] = [
  { slug: "ece", title: "expected calibration error", ...error },
  { slug: "ece-scaled", title: "expected calibration error after temperature scaling", ...error },
  { slug: "lpips-alexnet", title: "LPIPS (AlexNet)", ...distance },
  { slug: "lpips-vgg", title: "LPIPS (VGG)", ...distance },
  { slug: "lpips-squeezenet", title: "LPIPS (SqueezeNet)", ...distance },
  { slug: "colour-error-red", title: "colour error, red", ...squaredLevels },
  { slug: "colour-error-green", title: "colour error, green", ...squaredLevels },
  { slug: "colour-error-blue", title: "colour error, blue", ...squaredLevels },
  {
    slug: "diffusion",
    title: "attentive diffusion",
    unit: "%",
    direction: "NEITHER",
    lower: 0,
    upper: 100,
    digits: 2,
  },
];

/** One a transformation: what a method was trained to ignore. */
export const transformations = [
  "grayscale",
  "horizontal-flip",
  "vertical-flip",
  "hue",
  "saturation",
  "brightness",
  "contrast",
  "rotation",
  "translation",
  "scale",
  "blur",
] as const;

const invariance: readonly Metric[] = transformations.map((name) => ({
  slug: name,
  title: `similarity under ${name.replace("-", " ")}`,
  ...similarity,
}));

const neighbours: readonly Metric[] = [
  ...[10, 20, 100, 200].map((k) => ({ slug: `top-1-k${k}`, title: `top-1 accuracy, k = ${k}`, ...percent })),
  { slug: "top-5-k20", title: "top-5 accuracy, k = 20", ...percent },
  { slug: "mean-per-class-accuracy-k20", title: "mean per-class accuracy, k = 20", ...percent },
  { slug: "top-5", title: "top-5 accuracy", ...percent },
  { slug: "macro-f1", title: "macro F1", ...percent },
];

const retrieval: readonly Metric[] = [
  { slug: "map", title: "mAP", ...percent },
  { slug: "map-at-10", title: "mAP@10", ...percent },
  { slug: "map-at-r", title: "mAP@R", ...percent },
  ...[1, 5, 10, 20].map((k) => ({ slug: `recall-at-${k}`, title: `recall@${k}`, ...percent })),
  ...["easy", "medium", "hard"].flatMap((level) => [
    { slug: `map-${level}`, title: `mAP, ${level}`, ...percent },
    ...[1, 5, 10].map((k) => ({ slug: `mp-at-${k}-${level}`, title: `mP@${k}, ${level}`, ...percent })),
  ]),
];

const robustness: readonly Metric[] = [
  {
    slug: "drop",
    title: "drop of accuracy",
    unit: "points",
    direction: "LOWER",
    lower: -100,
    upper: 100,
    digits: 2,
  },
  {
    slug: "mce",
    title: "mean corruption error",
    unit: "%",
    direction: "LOWER",
    lower: 0,
    upper: null,
    digits: 2,
  },
  { slug: "mean-iou-open-hummingbird", title: "mean IoU as open-hummingbird matches it", ...fraction },
];

const predictors: readonly Metric[] = [
  { slug: "rankme", title: "RankMe", unit: "ranks", direction: "HIGHER", lower: 0, upper: null, digits: 1 },
  { slug: "logme", title: "LogME", unit: "nats", direction: "HIGHER", lower: null, upper: null, digits: 4 },
  {
    slug: "alpha-req",
    title: "alpha-ReQ",
    unit: "exponent",
    direction: "NEITHER",
    lower: null,
    upper: null,
    digits: 3,
  },
  { slug: "nesum", title: "NESum", unit: "ranks", direction: "NEITHER", lower: 0, upper: null, digits: 2 },
  {
    slug: "stable-rank",
    title: "stable rank",
    unit: "ranks",
    direction: "NEITHER",
    lower: 0,
    upper: null,
    digits: 2,
  },
  {
    slug: "norm-mean",
    title: "mean norm",
    unit: "norm",
    direction: "NEITHER",
    lower: 0,
    upper: null,
    digits: 3,
  },
  {
    slug: "norm-cv",
    title: "variation of norms",
    unit: "fraction",
    direction: "NEITHER",
    lower: 0,
    upper: null,
    digits: 3,
  },
];

/** What other tools' results bring. */
const others: readonly Metric[] = [
  { slug: "top5", title: "top-5 accuracy", ...percent },
  { slug: "lrap", title: "label ranking average precision", ...percent },
  { slug: "micro-map", title: "micro mAP", ...percent },
  { slug: "nmi", title: "normalised mutual information", ...percent },
  { slug: "map-at-5", title: "mAP@5", ...percent },
  { slug: "ndcg-at-10", title: "nDCG@10", ...percent },
  { slug: "image-recall-at-5", title: "image recall@5", ...percent },
  { slug: "text-recall-at-5", title: "text recall@5", ...percent },
];

export const metrics: readonly Metric[] = [
  ...recognition,
  ...dense,
  ...whatFeaturesKeep,
  ...invariance,
  ...neighbours,
  ...retrieval,
  ...robustness,
  ...predictors,
  ...others,
];

const bySlug: ReadonlyMap<string, Metric> = new Map(metrics.map((metric) => [metric.slug, metric]));

/** Undefined for one that is not in the vocabulary. */
export const metricNamed = (slug: string): Metric | undefined => bySlug.get(slug);
