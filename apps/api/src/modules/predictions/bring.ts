/**
 * Predictions that a submitter brings: JSON by a published schema, or a .npy array of classes or scores. They are kept by
 * content, and a submission's value names them; it is refused where they do not give it.
 */
import {
  bestClasses,
  encodePredictions,
  encodeTestSet,
  imageMetricOf,
  type Predictions,
  ranksOfScores,
  requireFits,
  type TestSet,
  testSetName,
  valueOfPredictions,
} from "@transferboard/eval-core/record";
import { readNpy } from "@transferboard/eval-core/tensor";
import { z } from "zod";
import type { Context } from "../../context.ts";
import { BadInput, shorten } from "../../errors.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits");
const MOST_IMAGES = 1_000_000;
const wholeNumber = z.number().int().min(0).max(100_000);

const testSetSchema = z.strictObject({
  dataset: z.string().min(1).max(100).describe("The dataset's slug."),
  manifest: digest.optional().describe("SHA-256 of the dataset's manifest, where you know it."),
  items: z
    .array(z.string().min(1).max(500))
    .min(1)
    .max(MOST_IMAGES)
    .describe("What the images are called, in order."),
  classes: z.array(z.string().max(500)).min(1).max(100_000).describe("The classes' names, in order."),
  labels: z
    .array(wholeNumber)
    .describe("The true class of each image; for several labels 0 or 1 of each image and class, row by row."),
});

export const predictionsSchema = z.strictObject({
  testSet: z
    .union([digest, testSetSchema])
    .describe(
      "The hash of a test set that is kept here (testSet of the API's predictions), or the test set itself: only predictions of one test set are compared with each other.",
    ),
  measures: z.array(z.string().max(310)).min(1).max(50).describe("The measures whose values these give."),
  predicted: z.array(wholeNumber).optional().describe("Of each image the class."),
  top: z
    .array(z.array(wholeNumber).min(1).max(5))
    .optional()
    .describe("Of each image up to five classes, the best first."),
  scores: z
    .array(z.array(z.number()))
    .optional()
    .describe("Of each image a score for every class. Give one of predicted, top and scores."),
});

export const predictionsJsonSchema = () => ({
  title: "transferboard predictions",
  ...z.toJSONSchema(predictionsSchema, { io: "input" }),
});

type Brought = z.infer<typeof predictionsSchema>;

export interface Kept {
  readonly sha256: string;
  readonly testSet: string;
  readonly images: number;
  readonly bytes: number;
  /** What they give, by measure. */
  readonly values: Readonly<Record<string, number | null>>;
}

/** @throws BadInput naming the first fault */
export async function bringJson(text: string, context: Context): Promise<Kept> {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new BadInput(`The predictions are no JSON: ${(error as Error).message}.`);
  }
  const { success, data, error } = predictionsSchema.safeParse(given);
  if (!success) {
    const [first] = error.issues;
    throw new BadInput(
      `The predictions are not of their schema at /${first!.path.map(String).join("/")}: ${first!.message}. See /predictions/schema.json.`,
    );
  }
  const twice = toldTwice(text);
  if (twice !== undefined)
    throw new BadInput(`The predictions tell the field '${twice}' twice: which of the two is meant?`);
  const testSet = await testSetOf(data.testSet, context);
  return keep(predictionsOf(data, testSet), testSet, data.measures, context);
}

/**
 * A field that stands a second time, where JSON.parse takes the last. Of a text that is of the schema, whose two objects share
 * no name; `parseJson` tells the place too, but takes seconds for fifty megabytes of scores.
 */
function toldTwice(text: string): string | undefined {
  const seen = new Set<string>();
  for (const [, name, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)) {
    if (colon === undefined) continue;
    const field = JSON.parse(name!) as string;
    if (seen.has(field)) return field;
    seen.add(field);
  }
  return undefined;
}

/** @param name the test set's hash */
export async function bringNpy(
  bytes: Uint8Array,
  name: string,
  measures: readonly string[],
  context: Context,
): Promise<Kept> {
  const testSet = await testSetOf(name, context);
  let array: ReturnType<typeof readNpy>;
  try {
    array = readNpy(bytes);
  } catch (error) {
    throw new BadInput((error as Error).message);
  }
  const { shape, dtype } = array;
  const data = Float64Array.from(array.data as ArrayLike<number | bigint>, Number);
  const isWhole = /int|bool/.test(dtype);
  const images = testSet.items.length;
  const [rows, width = 1] = shape;
  if (shape.length > 2 || rows !== images)
    throw new BadInput(
      `The array has the shape [${shape}]: expected ${images} images first, as the test set has.`,
    );
  if (isWhole && width > 5)
    throw new BadInput(
      `Whole numbers are classes, 5 an image at most: found ${width}. Scores are of a float type.`,
    );
  if (!isWhole && width !== testSet.classes.length)
    throw new BadInput(
      `Scores are of every class: expected ${testSet.classes.length} an image, found ${width}.`,
    );
  const predictions: Predictions = isWhole
    ? {
        kind: "classes",
        classes: testSet.classes.length,
        depth: width,
        top: data,
        logits: null,
        inTop5: null,
      }
    : ofScores(data, testSet);
  return keep(predictions, testSet, measures, context);
}

async function testSetOf(given: Brought["testSet"], { predictions: store }: Context): Promise<TestSet> {
  if (typeof given === "string") {
    const found = await store.testSet(given);
    if (found) return found;
    throw new BadInput(
      `No test set ${shorten(given, 64)} is kept here: bring it with the predictions, as JSON.`,
    );
  }
  const { manifest = "not stated", ...rest } = given;
  return { ...rest, manifest };
}

const ofScores = (scores: Float64Array, testSet: TestSet): Predictions => {
  const bad = scores.findIndex((score) => !Number.isFinite(score));
  const classes = testSet.classes.length;
  if (bad >= 0)
    throw new BadInput(
      `The score of image ${Math.floor(bad / classes)} for class ${bad % classes} is ${scores[bad]}: expected a finite number.`,
    );
  return isSingle(testSet) ? bestClasses(scores, classes) : ranksOfScores(scores, classes);
};

/** One class an image. */
const isSingle = ({ labels, items }: TestSet): boolean => labels?.length === items.length;

function predictionsOf({ predicted, top, scores }: Brought, testSet: TestSet): Predictions {
  const given = [predicted, top, scores].filter((one) => one !== undefined);
  if (given.length !== 1) throw new BadInput(`Give one of predicted, top and scores: found ${given.length}.`);
  const classes = testSet.classes.length;
  if (scores) {
    const wrong = scores.findIndex((row) => row.length !== classes);
    if (wrong >= 0)
      throw new BadInput(
        `Image ${wrong} has ${scores[wrong]!.length} scores: expected ${classes}, one a class.`,
      );
    return ofScores(Float64Array.from(scores.flat()), testSet);
  }
  const rows = top ?? predicted!.map((one) => [one]);
  const depth = rows[0]?.length ?? 1;
  const wrong = rows.findIndex((row) => row.length !== depth);
  if (wrong >= 0)
    throw new BadInput(
      `Image ${wrong} has ${rows[wrong]!.length} classes, the first ${depth}: expected as many of each.`,
    );
  return { kind: "classes", classes, depth, top: rows.flat(), logits: null, inTop5: null };
}

async function keep(
  predictions: Predictions,
  testSet: TestSet,
  measures: readonly string[],
  { predictions: store }: Context,
): Promise<Kept> {
  const labels = testSet.labels ?? [];
  const cells = isSingle(testSet) ? 1 : testSet.classes.length;
  if (labels.length !== testSet.items.length * cells)
    throw new BadInput(
      `There are ${labels.length} labels: expected ${testSet.items.length}, one an image, or ${testSet.items.length * testSet.classes.length}, one an image and class.`,
    );
  const most = isSingle(testSet) ? testSet.classes.length - 1 : 1;
  const wrong = labels.findIndex((label) => label > most);
  if (wrong >= 0) throw new BadInput(`Label ${wrong} is ${labels[wrong]}: expected 0 to ${most}.`);
  if (predictions.kind === "classes" && !isSingle(testSet))
    throw new BadInput("Each image has several labels here: give a score of every class.");
  try {
    requireFits(predictions, testSet);
  } catch (error) {
    throw new BadInput((error as Error).message);
  }
  const values = Object.fromEntries(
    measures.map((measure) => {
      const metric = imageMetricOf(measure);
      return [measure, metric ? (valueOfPredictions(metric, predictions, testSet) ?? null) : null];
    }),
  );
  const none = measures.find((measure) => values[measure] === null);
  if (none !== undefined)
    throw new BadInput(
      `Such predictions give no value of ${shorten(none, 310)}: its metric is not of this kind.`,
    );
  const file = encodePredictions({ predictions, testSet: testSetName(testSet), measures });
  await store.put(encodeTestSet(testSet));
  const sha256 = await store.put(file);
  return { sha256, testSet: testSetName(testSet), images: testSet.items.length, bytes: file.length, values };
}
