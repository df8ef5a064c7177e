/**
 * Average precision of detections as the PASCAL VOC development kit and detectron2's PascalVOCDetectionEvaluator compute
 * it: boxes are 1-based and inclusive, a pixel counts as 1 (the +1 of every side), difficult objects count as nothing.
 *
 * What is scored is what is written: a line `image score xmin ymin xmax ymax`, the score with 3 decimals, corners with 1.
 */
import { MetricError } from "./input.ts";
import { formatFixed } from "./python-rounding.ts";

type Box = readonly [xmin: number, ymin: number, xmax: number, ymax: number];

export interface VocObject {
  readonly image: string;
  readonly class: number;
  /** As in the XML: 1-based, inclusive. */
  readonly box: Box;
  readonly difficult: boolean;
}

export interface VocDetection {
  readonly image: string;
  readonly class: number;
  /** In 0 to 1. */
  readonly score: number;
  /** x1, y1, x2, y2 in continuous pixels from 0, as float32 values. */
  readonly box: Box;
}

/** Overlaps that a detection must exceed, 0.50 to 0.95. */
export const VOC_THRESHOLDS: readonly number[] = Array.from({ length: 10 }, (_, i) => (50 + 5 * i) / 100);

/** VOC2007's mean precision at eleven recalls; or the area under the monotone envelope, as from 2010 on. */
export type VocMetric = "11-point" | "area";

/** In percent. */
export interface VocScore {
  /** Mean over thresholds of the mean over classes. */
  readonly ap: number;
  readonly ap50: number;
  readonly ap75: number;
  /** Mean over classes, a threshold each. */
  readonly byThreshold: readonly number[];
  readonly perClass: readonly VocClassScore[];
}

export interface VocClassScore {
  /** Objects that are not difficult. */
  readonly objects: number;
  /** AP at each threshold, in percent; null where the class has no object that counts. */
  readonly ap: readonly (number | null)[];
  /** At an overlap of 0.5, best score first: 1 a hit, 0 a miss, null neither (a difficult object). */
  readonly hits: readonly (1 | 0 | null)[];
}

/** The line that a detection is written as. */
export function vocLine({ image, score, box }: VocDetection): string {
  const [x1, y1, x2, y2] = box;
  const corners = [Math.fround(x1 + 1), Math.fround(y1 + 1), x2, y2].map((v) => formatFixed(v, 1));
  return `${image} ${formatFixed(score, 3)} ${corners.join(" ")}`;
}

export interface VocOptions {
  readonly classes: number;
  readonly metric: VocMetric;
  /** A class without objects that count is left out of the means; or, as in the published code, it counts 0. */
  readonly absentClasses: "leave-out" | "zero";
}

/** What became of a class's detections, whatever is made of it: of each, best score first, at each overlap. */
export interface VocOutcomes {
  /** Objects that are not difficult, by image. */
  readonly objects: ReadonlyMap<string, number>;
  /** The image of each detection, best score first. */
  readonly images: readonly string[];
  /** At each overlap: 1 a hit, 0 a miss, null neither (a difficult object). */
  readonly hits: readonly (readonly (1 | 0 | null)[])[];
}

/**
 * @param detections in the order of the test list, an image's best first: the order in which equal scores are taken
 * @returns one a class
 */
export function vocOutcomes(
  objects: readonly VocObject[],
  detections: readonly VocDetection[],
  classes: number,
): VocOutcomes[] {
  const objectsOf = Map.groupBy(objects, (object) => object.class);
  const detectionsOf = Map.groupBy(detections, (detection) => detection.class);
  return Array.from({ length: classes }, (_, kind) =>
    classOutcomes(objectsOf.get(kind) ?? [], detectionsOf.get(kind) ?? []),
  );
}

/**
 * @param timesOf how often an image counts, as of a resampled test set; once each unless told
 * @throws MetricError when no object counts
 */
export function scoreOutcomes(
  outcomes: readonly VocOutcomes[],
  { metric, absentClasses }: Pick<VocOptions, "metric" | "absentClasses">,
  timesOf: (image: string) => number = () => 1,
): VocScore {
  const perClass = outcomes.map(({ objects, images, hits }): VocClassScore => {
    const count = [...objects].reduce((sum, [image, n]) => sum + n * timesOf(image), 0);
    const times = images.map(timesOf);
    return {
      objects: count,
      ap: hits.map((one) => (count === 0 ? null : 100 * averagePrecision(one, times, count, metric))),
      hits: hits[0]!,
    };
  });
  if (perClass.every(({ objects: count }) => count === 0))
    throw new MetricError("No object was given that is not difficult: there is nothing to score.");
  const byThreshold = VOC_THRESHOLDS.map((_, t) =>
    mean(
      perClass
        .filter(({ objects: count }) => count > 0 || absentClasses === "zero")
        .map(({ ap }) => ap[t] ?? 0),
    ),
  );
  return { ap: mean(byThreshold), ap50: byThreshold[0]!, ap75: byThreshold[5]!, byThreshold, perClass };
}

/** Both at once. */
export function scoreVocDetections(
  objects: readonly VocObject[],
  detections: readonly VocDetection[],
  { classes, ...options }: VocOptions,
): VocScore {
  return scoreOutcomes(vocOutcomes(objects, detections, classes), options);
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

interface Written {
  readonly image: string;
  readonly score: number;
  readonly box: Box;
}

/** What the written line says. */
function written(detection: VocDetection): Written {
  const [score, ...corners] = vocLine(detection).split(" ").slice(-5).map(Number) as [number, ...number[]];
  return { image: detection.image, score, box: corners as unknown as Box };
}

function classOutcomes(objects: readonly VocObject[], detections: readonly VocDetection[]): VocOutcomes {
  const inImage = Map.groupBy(objects, ({ image }) => image);
  // Array.sort is stable: ties stay in the order given.
  const sorted = detections.map(written).sort((a, b) => b.score - a.score);
  const best = sorted.map((detection) => bestOverlap(detection, inImage.get(detection.image) ?? []));
  const counted = [...inImage].map(
    ([image, list]) => [image, list.filter(({ difficult }) => !difficult).length] as const,
  );
  return {
    objects: new Map(counted.filter(([, n]) => n > 0)),
    images: sorted.map(({ image }) => image),
    hits: VOC_THRESHOLDS.map((threshold) => hitsAt(best, threshold)),
  };
}

interface Best {
  readonly object: VocObject | undefined;
  readonly overlap: number;
}

/** The object of the largest overlap, the first of equals, difficult ones too. */
function bestOverlap({ box: [x1, y1, x2, y2] }: Written, objects: readonly VocObject[]): Best {
  let best: Best = { object: undefined, overlap: Number.NEGATIVE_INFINITY };
  for (const object of objects) {
    const [a1, b1, a2, b2] = object.box;
    const w = Math.max(Math.min(x2, a2) - Math.max(x1, a1) + 1, 0);
    const h = Math.max(Math.min(y2, b2) - Math.max(y1, b1) + 1, 0);
    const inter = w * h;
    const union = (x2 - x1 + 1) * (y2 - y1 + 1) + (a2 - a1 + 1) * (b2 - b1 + 1) - inter;
    const overlap = inter / union;
    if (overlap > best.overlap) best = { object, overlap };
  }
  return best;
}

/** A detection takes its best object or none: never its second best. */
function hitsAt(best: readonly Best[], threshold: number): (1 | 0 | null)[] {
  const taken = new Set<VocObject>();
  return best.map(({ object, overlap }) => {
    if (object === undefined || !(overlap > threshold)) return 0;
    if (object.difficult) return null;
    if (taken.has(object)) return 0;
    taken.add(object);
    return 1;
  });
}

/** In 0 to 1. */
function averagePrecision(
  hits: readonly (1 | 0 | null)[],
  times: readonly number[],
  objects: number,
  metric: VocMetric,
): number {
  const recall: number[] = [];
  const precision: number[] = [];
  let [right, wrong] = [0, 0];
  for (const [i, hit] of hits.entries()) {
    if (times[i] === 0) continue;
    if (hit === 1) right += times[i]!;
    else if (hit === 0) wrong += times[i]!;
    recall.push(right / objects);
    precision.push(right / Math.max(right + wrong, Number.EPSILON));
  }
  // From the right, the best precision at this recall or a larger one.
  const envelope = [...precision];
  for (let i = envelope.length - 2; i >= 0; i--) envelope[i] = Math.max(envelope[i]!, envelope[i + 1]!);
  if (metric === "11-point") {
    let sum = 0;
    // NumPy's steps: 3 * 0.1 is not 0.3.
    for (let i = 0; i <= 10; i++) {
      const first = recall.findIndex((r) => r >= i * 0.1);
      if (first >= 0) sum += envelope[first]!;
    }
    return sum / 11;
  }
  let area = 0;
  for (let i = 0; i < recall.length; i++) area += (recall[i]! - (recall[i - 1] ?? 0)) * envelope[i]!;
  return area;
}
