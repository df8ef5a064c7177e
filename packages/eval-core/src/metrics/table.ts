/** Every metric of the house: unit, direction, bounds, digits. The one place that states them. */

export interface Metric {
  readonly slug: string;
  readonly title: string;
  /** Of the values as stored: percent in 0 to 100, a fraction in 0 to 1. */
  readonly unit: "percent" | "fraction" | "degrees" | "distance" | "squared 8-bit levels";
  readonly direction: "higher" | "lower" | "neither";
  /** Null on an open side. Both given: the paper's logit applies. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** How many decimals the paper prints, and the board shows. Values are stored unrounded. */
  readonly digits: number;
}

const percent = (slug: string, title: string, direction: Metric["direction"] = "higher"): Metric => ({
  slug,
  title,
  unit: "percent",
  direction,
  lower: 0,
  upper: 100,
  digits: 2,
});

const lpips = (network: string, name: string): Metric => ({
  slug: `lpips-${network}`,
  title: `LPIPS (${name})`,
  unit: "distance",
  direction: "lower",
  // The paper treats LPIPS as bounded in 0 to 1.
  lower: 0,
  upper: 1,
  digits: 2,
});

const degrees = (slug: string, title: string): Metric => ({
  slug,
  title,
  unit: "degrees",
  direction: "lower",
  // Bounded by 180, yet the paper leaves angles untransformed: no upper bound is stated, so no logit applies.
  lower: 0,
  upper: null,
  digits: 2,
});

const colour = (name: string): Metric => ({
  slug: `colour-error-${name}`,
  title: `Mean squared ${name} error`,
  unit: "squared 8-bit levels",
  direction: "lower",
  lower: 0,
  upper: null,
  digits: 0,
});

export const METRICS = [
  percent("top1", "Top-1 accuracy"),
  percent("accuracy", "Accuracy"),
  percent("mean-per-class-accuracy", "Mean per-class accuracy"),
  percent("map11", "11-point mAP"),
  percent("ap", "AP"),
  percent("ap50", "AP50"),
  percent("ap75", "AP75"),
  degrees("mean-error", "Mean angular error"),
  degrees("median-error", "Median angular error"),
  percent("within-11.25", "Within 11.25°"),
  percent("within-22.5", "Within 22.5°"),
  percent("within-30", "Within 30°"),
  {
    slug: "mean-iou",
    title: "Mean IoU",
    unit: "fraction",
    direction: "higher",
    lower: 0,
    upper: 1,
    digits: 4,
  },
  percent("pixel-accuracy", "Pixel accuracy"),
  percent("ece", "Expected calibration error", "lower"),
  percent("ece-scaled", "Expected calibration error, temperature-scaled", "lower"),
  lpips("alexnet", "AlexNet"),
  lpips("vgg", "VGG"),
  lpips("squeezenet", "SqueezeNet"),
  colour("red"),
  colour("green"),
  colour("blue"),
  percent("diffusion", "Attentive diffusion", "neither"),
] as const satisfies readonly Metric[];

const bySlug: ReadonlyMap<string, Metric> = new Map(METRICS.map((metric) => [metric.slug, metric]));

/** @throws RangeError listing the known ones. */
export function metricOf(slug: string): Metric {
  const metric = bySlug.get(slug);
  if (metric) return metric;
  throw new RangeError(`'${slug}' is not a metric: one of ${[...bySlug.keys()].join(", ")}.`);
}
