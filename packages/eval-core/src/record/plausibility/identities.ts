/** What must hold between several values of one setting, dataset and protocol, and between settings. */
import { ONE_LABEL } from "@transferboard/vocabulary";
import { type PlausibilityCode, type Say, shown } from "./finding.ts";
import { type Facts, halfUnit, measureOf, type OfferedValue } from "./input.ts";

interface Place {
  readonly index: number;
  readonly value: number;
}

/** Values of one setting, dataset and protocol, by metric. */
export interface Group {
  readonly setting: string;
  readonly dataset: string;
  readonly protocol: string;
  readonly metrics: ReadonlyMap<string, Place>;
}

export function groupsOf(values: readonly OfferedValue[], leftOut: ReadonlySet<number>): Group[] {
  const groups = new Map<string, Group & { metrics: Map<string, Place> }>();
  for (const [index, { measure, value, protocol }] of values.entries()) {
    if (leftOut.has(index)) continue;
    const { setting, dataset, metric } = measureOf(measure);
    const own = protocol ?? "";
    const key = JSON.stringify([setting, dataset, own]);
    const group = groups.get(key) ?? { setting, dataset, protocol: own, metrics: new Map() };
    group.metrics.set(metric, { index, value });
    groups.set(key, group);
  }
  return [...groups.values()];
}

const tolerance = (...places: readonly Place[]): number =>
  places.reduce((sum, { value }) => sum + halfUnit(value), 0);

export function checkGroup(group: Group, facts: Facts, say: Say): void {
  const get = (...names: readonly string[]): Place[] | undefined => {
    const found = names.map((name) => group.metrics.get(name));
    return found.includes(undefined) ? undefined : (found as Place[]);
  };
  /** Says so when a is above b. */
  const ordered = (code: PlausibilityCode, a: string, b: string): boolean => {
    const pair = get(a, b);
    if (!pair) return true;
    const [low, high] = pair as [Place, Place];
    if (low.value <= high.value + tolerance(low, high)) return true;
    say(code, low.index, `${a} ${shown(low.value)} is above ${b} ${shown(high.value)}, which it cannot be.`);
    return false;
  };
  if (ordered("AP_ORDER", "ap", "ap50") && ordered("AP_ORDER", "ap75", "ap50")) {
    checkApMean(get("ap", "ap50", "ap75"), say);
  }
  for (const five of ["top5", "top-5"])
    for (const accuracy of ["top1", "accuracy"]) ordered("TOP_ORDER", accuracy, five);
  ordered("TOP_ORDER", "top-1-k20", "top-5-k20");
  const within =
    ordered("WITHIN_ORDER", "within-11.25", "within-22.5") &&
    ordered("WITHIN_ORDER", "within-22.5", "within-30") &&
    ordered("WITHIN_ORDER", "within-11.25", "within-30");
  for (const degrees of [11.25, 22.5, 30])
    checkMedianWithin(degrees, get("median-error", `within-${degrees}`), say);
  if (within) checkMeanWithin(get("mean-error", "within-11.25", "within-22.5", "within-30"), say);
  checkMedianMean(get("mean-error", "median-error"), say);
  const classes = facts.classes(group.dataset);
  if (classes !== undefined) {
    checkIouPixels(get("mean-iou", "pixel-accuracy"), classes, say);
    checkCalibrationBound(get("ece", "accuracy"), classes, say);
  }
  checkMicroMacro(get("accuracy", "mean-per-class-accuracy"), facts.classSizes(group.dataset), say);
  const scaled = get("ece", "ece-scaled");
  if (scaled && scaled[1]!.value > scaled[0]!.value + 2) {
    say(
      "ECE_SCALED",
      scaled[1]!.index,
      `Temperature scaling made the calibration error worse, from ${shown(scaled[0]!.value)} to ${shown(scaled[1]!.value)}.`,
    );
  }
}

type Found = readonly Place[] | undefined;

/** AP is the mean over ten thresholds, of which AP50 is the first and AP75 the sixth, and falls with them. */
function checkApMean(found: Found, say: Say): void {
  if (!found) return;
  const [ap, ap50, ap75] = found as [Place, Place, Place];
  const low = (ap50.value + 5 * ap75.value) / 10;
  const high = (ap50.value + ap75.value) / 2;
  const slack = tolerance(ap, ap50, ap75);
  if (ap.value >= low - slack && ap.value <= high + slack) return;
  say(
    "AP_MEAN",
    ap.index,
    `AP ${shown(ap.value)} cannot be the mean over ten thresholds: with AP50 ${shown(ap50.value)} and AP75 ${shown(ap75.value)} it lies in ${shown(low)} to ${shown(high)}.`,
  );
}

function checkMedianWithin(degrees: number, found: Found, say: Say): void {
  if (!found) return;
  const [median, share] = found as [Place, Place];
  const [hm, hs] = [halfUnit(median.value), halfUnit(share.value)];
  const below = median.value + hm < degrees && share.value + hs < 50;
  const above = median.value - hm > degrees && share.value - hs > 50;
  if (!below && !above) return;
  say(
    "MEDIAN_WITHIN",
    median.index,
    `A median of ${shown(median.value)} degrees says that ${below ? "more" : "less"} than half the pixels are within ${degrees}, and within-${degrees} says ${shown(share.value)} %.`,
  );
}

function checkMeanWithin(found: Found, say: Say): void {
  if (!found) return;
  const [mean, ...shares] = found as [Place, Place, Place, Place];
  const [a, b, c] = shares.map(({ value }) => value / 100) as [number, number, number];
  const low = 11.25 * (b - a) + 22.5 * (c - b) + 30 * (1 - c);
  const high = 11.25 * a + 22.5 * (b - a) + 30 * (c - b) + 180 * (1 - c);
  if (mean.value >= low - 0.02 && mean.value <= high + 0.02) return;
  say(
    "MEAN_WITHIN",
    mean.index,
    `A mean error of ${shown(mean.value)} cannot be: the shares within 11.25, 22.5 and 30 degrees give ${shown(low)} to ${shown(high)}.`,
  );
}

function checkMedianMean(found: Found, say: Say): void {
  if (!found) return;
  const [mean, median] = found as [Place, Place];
  const [low, high] = [median.value / 2, median.value / 2 + 90];
  const slack = tolerance(mean, median);
  if (mean.value >= low - slack && mean.value <= high + slack) return;
  say(
    "MEDIAN_MEAN",
    mean.index,
    `A mean of ${shown(mean.value)} cannot be with a median of ${shown(median.value)}: it lies in ${shown(low)} to ${shown(high)}.`,
  );
}

/** A wrong pixel enters two unions; least is lost where two classes share all the wrong ones. */
function checkIouPixels(found: Found, classes: number, say: Say): void {
  if (!found) return;
  const [iou, pixels] = found as [Place, Place];
  const wrong = 1 - pixels.value / 100;
  const low = (1 - wrong) / classes;
  const high = 1 - (4 * wrong) / ((1 + wrong) * classes);
  const slack = halfUnit(iou.value) + halfUnit(pixels.value) / 100;
  if (iou.value >= low - slack && iou.value <= high + slack) return;
  say(
    "IOU_PIXELS",
    iou.index,
    `A mean IoU of ${shown(iou.value)} cannot be with a pixel accuracy of ${shown(pixels.value)} over ${classes} classes: it lies in ${shown(low)} to ${shown(high)}.`,
  );
}

/** A top probability is at least 1 / classes, so confidence cannot lie further from accuracy than that. */
function checkCalibrationBound(found: Found, classes: number, say: Say): void {
  if (!found) return;
  const [ece, accuracy] = found as [Place, Place];
  const most = 100 - accuracy.value / classes;
  if (ece.value <= most + tolerance(ece, accuracy)) return;
  say(
    "ECE_BOUND",
    ece.index,
    `A calibration error of ${shown(ece.value)} cannot be with an accuracy of ${shown(accuracy.value)} over ${classes} classes: it is at most ${shown(most)}.`,
  );
}

/** The right images in all that a sum of per-class shares allows, filling the classes in this order. */
function rightImages(sizes: readonly number[], shares: number): number {
  let left = shares;
  let right = 0;
  for (const size of sizes) {
    const share = Math.min(1, Math.max(0, left));
    right += share * size;
    left -= share;
  }
  return right;
}

function checkMicroMacro(found: Found, sizes: readonly number[] | undefined, say: Say): void {
  if (!found || sizes === undefined) return;
  const [micro, macro] = found as [Place, Place];
  const ascending = sizes.toSorted((a, b) => a - b);
  const images = sizes.reduce((sum, size) => sum + size, 0);
  const range = (value: number, order: readonly number[]) =>
    (100 * rightImages(order, (sizes.length * value) / 100)) / images;
  const slack = halfUnit(macro.value);
  const low = range(Math.max(0, macro.value - slack), ascending);
  const high = range(Math.min(100, macro.value + slack), ascending.toReversed());
  const own = halfUnit(micro.value) + 1e-9;
  if (micro.value >= low - own && micro.value <= high + own) return;
  say(
    "MICRO_MACRO",
    micro.index,
    `An accuracy of ${shown(micro.value)} cannot be with a mean per-class accuracy of ${shown(macro.value)}: it lies in ${shown(low)} to ${shown(high)}.`,
  );
}

/** A mean over "kornblith" is one over Kornblith's many-shot datasets with one label an image. */
export function checkMeansOfParts(groups: readonly Group[], say: Say): void {
  for (const { setting, dataset, protocol, metrics } of groups) {
    if (dataset !== "kornblith") continue;
    for (const [metric, whole] of metrics) {
      const parts = ONE_LABEL.map((part) =>
        groups
          .find((group) => group.setting === setting && group.dataset === part && group.protocol === protocol)
          ?.metrics.get(metric),
      );
      if (parts.includes(undefined)) continue;
      const mean = parts.reduce((sum, part) => sum + part!.value, 0) / parts.length;
      const slack = halfUnit(whole.value) + Math.max(...parts.map((part) => halfUnit(part!.value)));
      if (Math.abs(mean - whole.value) > slack + 1e-9) {
        const text = `${shown(whole.value)} is not the mean of its ten parts, which is ${shown(mean)}.`;
        say("MEAN_OF_PARTS", whole.index, text);
      }
    }
  }
}

/** More images a class should not make few-shot accuracy worse. The first pair found of a dataset is said. */
export function checkShots(groups: readonly Group[], values: readonly OfferedValue[], say: Say): void {
  const datasets = new Set(
    groups.filter(({ setting }) => setting.startsWith("few-shot-")).map(({ dataset }) => dataset),
  );
  const half = ({ index }: Place) => {
    const interval = values[index]!.interval;
    return interval == null ? 1 : (interval.upper - interval.lower) / 2;
  };
  for (const dataset of datasets) {
    const at = (shots: number) =>
      groups
        .find((group) => group.setting === `few-shot-${shots}` && group.dataset === dataset)
        ?.metrics.get("accuracy");
    for (const [few, more] of [
      [5, 20],
      [20, 50],
      [5, 50],
    ] as const) {
      const [a, b] = [at(few), at(more)];
      if (!a || !b || a.value - b.value <= half(a) + half(b) + 1) continue;
      const text = `${more} images a class give ${shown(b.value)} and ${few} give ${shown(a.value)}: more should not be worse.`;
      say("SHOTS", b.index, text);
      break;
    }
  }
}
