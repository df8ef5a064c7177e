/**
 * Predictions and test sets as files. Predictions: gzip over a line of JSON (what the columns are) and the columns,
 * little-endian, one after the other; some twenty bytes an image for classification before compression. A test set: canonical
 * JSON, kept as it is, so that the hash of the file is the name of the test set on every machine.
 */
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { canonicalJson } from "@transferboard/vocabulary/canonical-json";
import { averageRanks } from "../../stats/ranks.ts";
import {
  allocate,
  arrayFromBytes,
  bytesOf,
  bytesPerElement,
  type DType,
  float16ToFloat32,
  float32ToFloat16,
  type TypedArrays,
} from "../../tensor/index.ts";
import {
  ANGLE_BINS,
  imagesOf,
  type LabelPredictions,
  type Predictions,
  type TestSet,
} from "./predictions.ts";

export const PREDICTIONS_TYPE = "application/vnd.transferboard.predictions+gzip";
export const TEST_SET_TYPE = "application/json";
/** Roles of a run's artefacts. */
export const PREDICTIONS_ROLE = "predictions";
export const TEST_SET_ROLE = "test set";
const MAGIC = "transferboard-predictions";
/** Nothing of the field is larger: 50,000 images with 3,600 bins each. */
const MOST_BYTES = 800_000_000;

/** A file that is not what it should be; one sentence for people. */
export class PredictionsError extends Error {
  override readonly name = "PredictionsError";
}

interface Column {
  readonly name: string;
  readonly dtype: DType;
  readonly length: number;
}

interface Header {
  readonly format: typeof MAGIC;
  readonly version: 1;
  readonly kind: Predictions["kind"];
  /** The name of the test set. */
  readonly testSet: string;
  /** The measures whose values these predictions give. */
  readonly measures: readonly string[];
  readonly images: number;
  readonly classes?: number;
  readonly depth?: number;
  readonly overAll?: boolean;
  readonly absentClassesCount?: boolean;
  readonly columns: readonly Column[];
}

export interface PredictionFile {
  readonly predictions: Predictions;
  readonly testSet: string;
  readonly measures: readonly string[];
}

/** The smallest whole-number type that holds the values. */
function wholeType(values: ArrayLike<number>): DType {
  let most = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! > most) most = values[i]!;
  return most < 2 ** 8 ? "uint8" : most < 2 ** 16 ? "uint16" : "uint32";
}

function columnsOf(predictions: Predictions): [name: string, dtype: DType, values: ArrayLike<number>][] {
  const whole = (name: string, values: ArrayLike<number>) =>
    [name, wholeType(values), values] satisfies [string, DType, ArrayLike<number>];
  switch (predictions.kind) {
    case "classes":
      return [
        whole("top", predictions.top),
        ...(predictions.logits
          ? [["logits", "float16", predictions.logits] as [string, DType, ArrayLike<number>]]
          : []),
        ...(predictions.inTop5 ? [whole("inTop5", predictions.inTop5)] : []),
      ];
    case "labels":
      return [whole("ranks", predictions.ranks)];
    case "regions":
      return (["image", "class", "intersection", "union", "pixels"] as const).map((name) =>
        whole(name, predictions[name]),
      );
    case "angles":
      return [
        ["sums", "float64", predictions.sums],
        ...(["pixels", "within", "histograms"] as const).map((name) => whole(name, predictions[name])),
      ];
    case "detections":
      return [
        whole("image", predictions.image),
        whole("class", predictions.class),
        ["score", "float32", predictions.score],
        ["boxes", "float32", predictions.boxes],
      ];
  }
}

function packed(dtype: DType, values: ArrayLike<number>): Uint8Array {
  const array = allocate(dtype, values.length) as { [i: number]: number };
  for (let i = 0; i < values.length; i++)
    array[i] = dtype === "float16" ? float32ToFloat16(values[i]!) : values[i]!;
  return bytesOf(array as unknown as TypedArrays[DType]);
}

export function encodePredictions({ predictions, testSet, measures }: PredictionFile): Uint8Array {
  const columns = columnsOf(predictions);
  const header: Header = {
    format: MAGIC,
    version: 1,
    kind: predictions.kind,
    testSet,
    measures,
    images: imagesOf(predictions),
    ...("classes" in predictions && { classes: predictions.classes }),
    ...("depth" in predictions && { depth: predictions.depth }),
    ...("overAll" in predictions && { overAll: predictions.overAll }),
    ...("absentClassesCount" in predictions && { absentClassesCount: predictions.absentClassesCount }),
    columns: columns.map(([name, dtype, values]) => ({ name, dtype, length: values.length })),
  };
  const parts = columns.map(([, dtype, values]) => packed(dtype, values));
  return gzipSync(Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...parts]), { level: 9 });
}

/** @throws PredictionsError on a file that is damaged or no such */
export function decodePredictions(data: Uint8Array): PredictionFile {
  const bytes = inflated(data);
  const end = bytes.indexOf(10);
  const header = headerOf(end < 0 ? "" : bytes.subarray(0, end).toString("utf8"));
  let at = end + 1;
  const columns = new Map<string, ArrayLike<number>>();
  for (const { name, dtype, length } of header.columns) {
    const size = length * bytesPerElement(dtype);
    if (at + size > bytes.length)
      throw new PredictionsError(`The predictions end inside the column ${name}.`);
    columns.set(name, unpacked(dtype, bytes.subarray(at, at + size)));
    at += size;
  }
  const column = (name: string, length?: number): ArrayLike<number> => {
    const found = columns.get(name);
    if (!found)
      throw new PredictionsError(`The predictions of the kind ${header.kind} lack the column ${name}.`);
    if (length !== undefined && found.length !== length)
      throw new PredictionsError(`The column ${name} has ${found.length} numbers: expected ${length}.`);
    return found;
  };
  return {
    predictions: predictionsOf(header, column, columns),
    testSet: header.testSet,
    measures: header.measures,
  };
}

function predictionsOf(
  { kind, images, classes = 0, depth = 1, overAll = false, absentClassesCount = false }: Header,
  column: (name: string, length?: number) => ArrayLike<number>,
  columns: ReadonlyMap<string, ArrayLike<number>>,
): Predictions {
  switch (kind) {
    case "classes":
      return {
        ...{ kind, classes, depth },
        top: column("top", images * depth),
        logits: columns.has("logits") ? column("logits", images * depth) : null,
        inTop5: columns.has("inTop5") ? column("inTop5", images) : null,
      };
    case "labels":
      return { kind, classes, ranks: column("ranks", images * classes) };
    case "regions": {
      const entries = column("image").length;
      return {
        ...{ kind, classes, images, overAll },
        image: column("image"),
        class: column("class", entries),
        intersection: column("intersection", entries),
        union: column("union", entries),
        pixels: column("pixels", images),
      };
    }
    case "angles":
      return {
        kind,
        sums: column("sums", images),
        pixels: column("pixels", images),
        within: column("within", 3 * images),
        histograms: column("histograms", ANGLE_BINS * images),
      };
    case "detections": {
      const entries = column("image").length;
      return {
        ...{ kind, classes, images, absentClassesCount },
        image: column("image"),
        class: column("class", entries),
        score: column("score", entries),
        boxes: column("boxes", 4 * entries),
      };
    }
  }
}

const KINDS: readonly string[] = ["classes", "labels", "regions", "angles", "detections"];

function headerOf(line: string): Header {
  let header: Partial<Header>;
  try {
    header = JSON.parse(line) as Partial<Header>;
  } catch {
    throw new PredictionsError("These are no predictions: their first line is no JSON.");
  }
  const { format, version, kind, images, columns, testSet } = header;
  const right =
    format === MAGIC &&
    version === 1 &&
    KINDS.includes(kind ?? "") &&
    Number.isSafeInteger(images) &&
    typeof testSet === "string" &&
    Array.isArray(columns);
  if (!right)
    throw new PredictionsError(
      `These are no predictions of this format (${MAGIC}, version 1): found ${line.slice(0, 80)}.`,
    );
  return header as Header;
}

function unpacked(dtype: DType, bytes: Uint8Array): ArrayLike<number> {
  const array = arrayFromBytes(dtype, bytes) as unknown as ArrayLike<number>;
  return dtype === "float16" ? Float32Array.from(array, float16ToFloat32) : array;
}

function inflated(data: Uint8Array): Buffer {
  try {
    return gunzipSync(data, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    throw new PredictionsError(`The file of predictions is damaged or no gzip: ${(error as Error).message}.`);
  }
}

export const encodeTestSet = (testSet: TestSet): Uint8Array => Buffer.from(canonicalJson(testSet));

/** What the test set is called: the SHA-256 of its file. */
export const testSetName = (testSet: TestSet): string =>
  createHash("sha256").update(encodeTestSet(testSet)).digest("hex");

/** @throws PredictionsError on a file that is damaged or no such */
export function decodeTestSet(data: Uint8Array): TestSet {
  let found: Partial<TestSet>;
  try {
    found = JSON.parse(Buffer.from(data).toString("utf8")) as Partial<TestSet>;
  } catch {
    throw new PredictionsError("This is no test set: it is no JSON.");
  }
  if (!Array.isArray(found.items) || !Array.isArray(found.classes) || typeof found.manifest !== "string")
    throw new PredictionsError("This is no test set: it lacks its images, its classes or its manifest.");
  return found as TestSet;
}

/** @param scores [image, class] */
export function ranksOfScores(scores: ArrayLike<number>, classes: number): LabelPredictions {
  const images = scores.length / classes;
  const ranks = new Uint32Array(scores.length);
  for (let c = 0; c < classes; c++) {
    const column = Float64Array.from({ length: images }, (_, i) => scores[i * classes + c]!);
    for (const [i, rank] of averageRanks(column).entries()) ranks[i * classes + c] = Math.round(2 * rank);
  }
  return { kind: "labels", classes, ranks };
}
