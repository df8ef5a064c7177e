/** What the vocabulary knows of the published datasets and of metrics, and beside it the sizes of test classes. */
import { datasetNamed, metricNamed } from "@transferboard/vocabulary";
import type { Bounds } from "../forecast/scale.ts";
import { type Facts, measureOf } from "./input.ts";

const equal = (classes: number, size: number) => new Array<number>(classes).fill(size);

const CLASS_SIZES: Readonly<Record<string, readonly number[]>> = {
  aircraft: [...equal(67, 33), ...equal(33, 34)],
  cifar10: equal(10, 1_000),
  cifar100: equal(100, 100),
  dtd: equal(47, 40),
  food: equal(101, 250),
  sun397: equal(397, 50),
};

/** @throws RangeError for a metric that the vocabulary lacks, or that has no lower bound to be forecast above */
function boundsOf(measure: string): Bounds {
  const { metric } = measureOf(measure);
  const { lower = null, upper = null } = metricNamed(metric) ?? {};
  if (lower === null) throw new RangeError(`${measure}: nothing is known of the lower bound of ${metric}.`);
  return { lower, upper };
}

export const PUBLISHED_FACTS: Facts = {
  bounds: boundsOf,
  testSize: (dataset) => datasetNamed(dataset)?.sizes[2] ?? undefined,
  classes: (dataset) => datasetNamed(dataset)?.classes ?? undefined,
  classSizes: (dataset) => CLASS_SIZES[dataset],
};

/** Facts as plain data, so that a thread can be asked. */
export interface KnownFacts {
  /** By measure; a value of another measure is not checked. */
  readonly bounds: Readonly<Record<string, Bounds>>;
  /** By dataset. */
  readonly testSizes: Readonly<Record<string, number>>;
  readonly classes: Readonly<Record<string, number>>;
}

export const factsOf = ({ bounds, testSizes, classes }: KnownFacts): Facts => ({
  bounds: (measure) => bounds[measure]!,
  testSize: (dataset) => testSizes[dataset],
  classes: (dataset) => classes[dataset],
  classSizes: PUBLISHED_FACTS.classSizes,
});
