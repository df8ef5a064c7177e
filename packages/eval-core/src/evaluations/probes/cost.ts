/** What a probe costs beside the extraction: reckoned from the sizes of its products, not measured. */
import type { Dataset } from "../../datasets/index.ts";
import { featuresCost } from "../features-cost.ts";
import type { Cost, CostContext, Spec } from "../kind.ts";

/** Floating-point operations a second that two common cores give such products, start-up and all. */
const RATE = 2e10;

/** What a dry run says of such a time, and how long so many operations take. */
export const reckoned = (operations: number) => ({
  seconds: operations / RATE,
  note: `the time beside the extraction is reckoned at ${RATE / 1e9} GFLOP/s, not measured`,
});

export interface ProbeSize {
  readonly train: number;
  /** Train and validation. */
  readonly fitted: number;
  readonly test: number;
  readonly classes: number;
  readonly features: number;
}

/**
 * @param startSeconds what it takes however small the data are: sessions, iterations too short to count
 * @param operations of the probe, by its sizes
 */
export function probeCost<O extends object>(
  startSeconds: number,
  operations: (size: ProbeSize, spec: Spec<O, Dataset>) => number,
) {
  return async (spec: Spec<O, Dataset>, context: CostContext): Promise<Cost> => {
    const { train, val, test } = spec.data.splits;
    const size = {
      train: train.length,
      fitted: train.length + (val?.length ?? 0),
      test: test.length,
      classes: spec.data.classes.length,
      features: context.checkpoint.architecture.featureDimension,
    };
    const { seconds, note } = reckoned(operations(size, spec));
    return { ...(await featuresCost(spec, context)), seconds: startSeconds + seconds, note };
  };
}

/** Products of a sweep of 45 values: some 30 iterations each, four products an iteration. */
export const sweepOperations = ({ fitted, classes, features }: ProbeSize): number =>
  45 * 30 * 4 * fitted * classes * features;
