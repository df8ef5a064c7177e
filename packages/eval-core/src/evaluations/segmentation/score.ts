/** Mean IoU and pixel accuracy from per-image counts, with intervals by resampling the test images. */
import { intersectionOverUnion } from "../../metrics/index.ts";
import type { RegionPredictions } from "../../record/predictions/predictions.ts";
import { type Interval, resampled } from "../pixel-labels/intervals.ts";

/** Of one image: class -> [intersection, labelled, predicted], classes that it has not left out. */
export type Tally = readonly (readonly [cls: number, both: number, labelled: number, predicted: number])[];

export function tallyOf(counts: ArrayLike<number>): Tally {
  const classes = counts.length / 3;
  return Array.from({ length: classes }, (_, c) => {
    return [c, counts[c]!, counts[classes + c]!, counts[2 * classes + c]!] as const;
  }).filter(([, , labelled, predicted]) => labelled + predicted > 0);
}

/** As they are kept beside a run. */
export function regionsOf(tallies: readonly Tally[], classes: number, overAll: boolean): RegionPredictions {
  const entries = tallies.flatMap((tally, image) =>
    tally.map(([cls, both, labelled, predicted]) => ({
      image,
      cls,
      both,
      union: labelled + predicted - both,
    })),
  );
  return {
    ...{ kind: "regions", classes, images: tallies.length, overAll },
    image: entries.map(({ image }) => image),
    class: entries.map(({ cls }) => cls),
    intersection: entries.map(({ both }) => both),
    union: entries.map(({ union }) => union),
    pixels: tallies.map((tally) => tally.reduce((sum, [, , labelled]) => sum + labelled, 0)),
  };
}

export interface SegmentationScores {
  /** Fraction. */
  readonly meanIou: number;
  /** Percent. */
  readonly pixelAccuracy: number;
  /** Of each class, as a fraction; null for one that is neither labelled nor predicted. */
  readonly iou: readonly (number | null)[];
}

/**
 * IoU_c = I_c / (P_c + L_c - I_c) over all images together.
 * @param overAll mean over all classes, one never seen counting 0 and 1e-10 added to unions: the papers' code; else over the
 * classes seen.
 */
export function segmentationScores(
  tallies: readonly Tally[],
  classes: number,
  overAll: boolean,
): SegmentationScores {
  const [both, labelled, predicted] = [
    new Float64Array(classes),
    new Float64Array(classes),
    new Float64Array(classes),
  ];
  for (const tally of tallies) {
    for (const [c, i, l, p] of tally) {
      both[c]! += i;
      labelled[c]! += l;
      predicted[c]! += p;
    }
  }
  const union = (c: number) => labelled[c]! + predicted[c]! - both[c]!;
  const iou = intersectionOverUnion(both, labelled, predicted);
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const seen = iou.filter((value) => value !== null);
  const meanIou = overAll
    ? both.reduce((sum, i, c) => sum + i / (union(c) + 1e-10), 0) / classes
    : seen.reduce((sum, value) => sum + value, 0) / seen.length;
  return { meanIou, pixelAccuracy: (100 * total(both)) / total(labelled), iou };
}

/** 95%, by resampling the test images. */
export function segmentationIntervals(
  tallies: readonly Tally[],
  classes: number,
  overAll: boolean,
): { readonly meanIou: Interval; readonly pixelAccuracy: Interval } {
  const [meanIou, pixelAccuracy] = resampled(tallies, (drawn) => {
    const scores = segmentationScores(drawn, classes, overAll);
    return [scores.meanIou, scores.pixelAccuracy];
  }) as [Interval, Interval];
  return { meanIou, pixelAccuracy };
}
