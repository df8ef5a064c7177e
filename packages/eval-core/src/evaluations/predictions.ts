/**
 * Keeps what a run answered for every test image: its predictions and the test set as two artefacts, which the run's
 * record names by their hashes. The values are computed again from what is kept, so that nothing is kept that does not give
 * what is recorded.
 */
import type { Dataset, Item } from "../datasets/index.ts";
import { encodePng, type RgbImage, resizeBicubic } from "../images/index.ts";
import {
  bestClasses,
  type ClassPredictions,
  encodePictures,
  encodePredictions,
  encodeTestSet,
  imageMetricOf,
  PICTURES_ROLE,
  PICTURES_TYPE,
  PREDICTIONS_ROLE,
  PREDICTIONS_TYPE,
  type Predictions,
  ranksOfScores,
  rightImages,
  type SmallPicture,
  TEST_SET_ROLE,
  TEST_SET_TYPE,
  type TestSet,
  testSetName,
  tolerated,
  valueOfPredictions,
} from "../record/predictions/index.ts";
import type { ArtefactStore } from "./artefacts.ts";
import type { TestPredictions, Value } from "./evaluation.ts";

/** Pictures of missed images beside a run, and their longer side in pixels: some kilobytes each. */
const MOST_PICTURES = 200;
const PICTURE_SIDE = 96;

/** @returns a sentence where the predictions do not give the values, and are not kept; or where pictures are not */
export async function keepPredictions(
  artefacts: ArtefactStore,
  { predictions, testSet, measures, load }: TestPredictions,
  of: Pick<TestSet, "dataset" | "manifest">,
  values: readonly Value[],
): Promise<string | undefined> {
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
  if (predictions.kind === "classes" && load) {
    const { pictures, unreadable } = await picturesOfMissed(predictions, whole, load);
    if (pictures.length > 0)
      artefacts.put(encodePictures(pictures), { mediaType: PICTURES_TYPE, role: PICTURES_ROLE });
    const [first] = unreadable;
    if (first !== undefined)
      return `pictures of missed images that are left out, because they cannot be read any more: ${unreadable.length}, the first ${first}`;
  }
  return undefined;
}

/**
 * Of the first images that the method misses, in the test set's order: what all methods miss is among what each misses.
 * The values are there by now, perhaps of cached features: an image that went meanwhile costs its picture alone.
 */
async function picturesOfMissed(
  predictions: ClassPredictions,
  { items, labels }: TestSet,
  load: (image: number) => Promise<RgbImage>,
): Promise<{ pictures: SmallPicture[]; unreadable: string[] }> {
  const pictures: SmallPicture[] = [];
  const unreadable: string[] = [];
  for (const [image, right] of rightImages(predictions, labels!).entries()) {
    if (right) continue;
    if (pictures.length === MOST_PICTURES) break;
    try {
      pictures.push({ image, png: await encodePng(small(await load(image))) });
    } catch (error) {
      unreadable.push(`${items[image]}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { pictures, unreadable };
}

/** At most so many pixels a side. */
function small(image: RgbImage): RgbImage {
  const scale = PICTURE_SIDE / Math.max(image.width, image.height);
  if (scale >= 1) return image;
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return resizeBicubic(image, side(image.width), side(image.height));
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
  const shown = splits.test.filter(present);
  return {
    ...{ predictions, measures, testSet: testSetOf(splits.test, present, classes) },
    load: (image) => shown[image]!.load(),
  };
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
