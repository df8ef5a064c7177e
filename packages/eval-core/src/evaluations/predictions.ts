/**
 * Keeps what a run answered for every test image: its predictions and the test set as two artefacts, which the run's
 * record names by their hashes. The values are computed again from what is kept, so that nothing is kept that does not give
 * what is recorded.
 */
import type { Dataset, Item } from "../datasets/index.ts";
import {
  bestClasses,
  encodePredictions,
  encodeTestSet,
  imageMetricOf,
  PREDICTIONS_ROLE,
  PREDICTIONS_TYPE,
  type Predictions,
  ranksOfScores,
  TEST_SET_ROLE,
  TEST_SET_TYPE,
  type TestSet,
  testSetName,
  tolerated,
  valueOfPredictions,
} from "../record/predictions/index.ts";
import type { ArtefactStore } from "./artefacts.ts";
import type { TestPredictions, Value } from "./evaluation.ts";

/** @returns a sentence where the predictions do not give the values, and are not kept */
export function keepPredictions(
  artefacts: ArtefactStore,
  { predictions, testSet, measures }: TestPredictions,
  of: Pick<TestSet, "dataset" | "manifest">,
  values: readonly Value[],
): string | undefined {
  const whole: TestSet = { ...of, ...testSet };
  for (const measure of measures) {
    const value = values.find((one) => one.measure === measure)?.value;
    const metric = imageMetricOf(measure);
    if (value === undefined || metric === undefined) continue;
    const found = valueOfPredictions(metric, predictions, whole);
    // Computed in another order, a mean may differ in its last digits.
    if (found !== undefined && Math.abs(found - value) <= tolerated(value, metric) + 1e-6) continue;
    return `the predictions give ${found ?? "no value"} for ${measure}, the evaluation ${value}: they are not kept`;
  }
  artefacts.put(encodeTestSet(whole), { mediaType: TEST_SET_TYPE, role: TEST_SET_ROLE });
  artefacts.put(encodePredictions({ predictions, testSet: testSetName(whole), measures }), {
    mediaType: PREDICTIONS_TYPE,
    role: PREDICTIONS_ROLE,
  });
  return undefined;
}

/**
 * Of a recognition dataset's test images by their scores.
 * @param present whether an image was read; those that were not have no row
 * @param scores rows x classes, a row a present test image
 */
export function testPredictions(
  { task, classes, splits }: Dataset,
  present: (item: Item) => boolean,
  scores: ArrayLike<number>,
  measures: readonly string[],
): TestPredictions {
  const count = classes.length;
  const predictions: Predictions =
    task === "multi-class" ? bestClasses(scores, count) : ranksOfScores(scores, count);
  return { predictions, testSet: testSetOf(splits.test, present, classes), measures };
}

export function testSetOf(
  test: readonly Item[],
  present: (item: Item) => boolean,
  classes: readonly string[],
): TestPredictions["testSet"] {
  const items = test.filter(present);
  return {
    items: items.map(({ id }) => id),
    classes: [...classes],
    labels: items.flatMap(({ label }) => label),
  };
}
