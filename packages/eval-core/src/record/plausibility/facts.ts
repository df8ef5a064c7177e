/** What the published datasets are, as far as the checks need it: sizes of test splits, classes, and metrics' bounds. */
import type { Bounds } from "../forecast/scale.ts";
import { type Facts, measureOf } from "./input.ts";

const TEST_SIZES: Readonly<Record<string, number>> = {
  imagenet: 50_000,
  aircraft: 3_333,
  caltech101: 6_084,
  cars: 8_041,
  cifar10: 10_000,
  cifar100: 10_000,
  dtd: 1_880,
  flowers: 6_149,
  food: 25_250,
  pets: 3_669,
  sun397: 19_850,
  voc2007: 4_952,
  nyuv2: 654,
  ade20k: 2_000,
};

const CLASSES: Readonly<Record<string, number>> = {
  imagenet: 1_000,
  aircraft: 100,
  caltech101: 102,
  cars: 196,
  cifar10: 10,
  cifar100: 100,
  dtd: 47,
  flowers: 102,
  food: 101,
  pets: 37,
  sun397: 397,
  ade20k: 150,
};

const equal = (classes: number, size: number) => new Array<number>(classes).fill(size);

const CLASS_SIZES: Readonly<Record<string, readonly number[]>> = {
  aircraft: [...equal(67, 33), ...equal(33, 34)],
  cifar10: equal(10, 1_000),
  cifar100: equal(100, 100),
  dtd: equal(47, 40),
  food: equal(101, 250),
  sun397: equal(397, 50),
};

function boundsOf(measure: string): Bounds {
  const { metric } = measureOf(measure);
  if (/^(mean|median)-error$|^colour-error/.test(metric)) return { lower: 0, upper: null };
  if (metric === "mean-iou" || metric.startsWith("lpips")) return { lower: 0, upper: 1 };
  return { lower: 0, upper: 100 };
}

export const PUBLISHED_FACTS: Facts = {
  bounds: boundsOf,
  testSize: (dataset) => TEST_SIZES[dataset],
  classes: (dataset) => CLASSES[dataset],
  classSizes: (dataset) => CLASS_SIZES[dataset],
};
