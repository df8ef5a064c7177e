/** A dataset's features by split, as the probes take them, and what is worth a warning about them. */
import type { Dataset, Item } from "../../datasets/index.ts";
import type { DatasetFeatures } from "../../features/index.ts";
import type { LabelledRows } from "../../probe/sweep.ts";
import { type Tensor, tensor } from "../../tensor/index.ts";
import { ProtocolError } from "../protocol-error.ts";

export type { LabelledRows } from "../../probe/sweep.ts";

export interface ProbeRows {
  readonly train: LabelledRows;
  /** The dataset's own; undefined where it publishes none. */
  readonly validation: LabelledRows | undefined;
  readonly test: LabelledRows;
  readonly classes: number;
}

/** @throws ProtocolError where a split has no image that could be read */
export function probeRows(dataset: Dataset, features: DatasetFeatures): ProbeRows {
  const take = (name: string, items: readonly Item[]) => {
    const rows = rowsOfItems(features, items);
    if (rows.y.length > 0) return rows;
    throw new ProtocolError(
      `the ${name} split of ${dataset.title} has no image that can be read: it needs at least one`,
    );
  };
  const { train, val, test } = dataset.splits;
  return {
    train: take("train", train),
    validation: val && val.length > 0 ? take("validation", val) : undefined,
    test: take("test", test),
    classes: dataset.classes.length,
  };
}

/** The rows of some items, those without one left out. */
export function rowsOfItems(
  { x, featureSize, rowOf }: DatasetFeatures,
  items: readonly Item[],
): LabelledRows {
  const present = items.filter((item) => rowOf.has(item));
  const data = new Float32Array(present.length * featureSize);
  present.forEach((item, i) => {
    const from = rowOf.get(item)! * featureSize;
    data.set(x.subarray(from, from + featureSize), i * featureSize);
  });
  return {
    x: tensor("float32", [present.length, featureSize], data),
    y: Int32Array.from(present, ({ label }) => label as number),
  };
}

/** Some rows of a matrix, in the order asked for. */
export function pick(x: Tensor<"float32">, rows: ArrayLike<number>): Tensor<"float32"> {
  const width = x.shape[1]!;
  const data = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * width;
    data.set(x.data.subarray(from, from + width), i * width);
  }
  return tensor("float32", [rows.length, width], data);
}

/** The rows of both, one after the other. */
export function joinedRows(a: LabelledRows, b: LabelledRows): LabelledRows {
  const data = new Float32Array(a.x.data.length + b.x.data.length);
  data.set(a.x.data);
  data.set(b.x.data, a.x.data.length);
  const y = new Int32Array(a.y.length + b.y.length);
  y.set(a.y);
  y.set(b.y, a.y.length);
  return { x: tensor("float32", [y.length, a.x.shape[1]!], data), y };
}

/** What the evaluator should know of the rows: images in train and test, classes that test lacks. */
export function warningsOf({ train, test }: ProbeRows, classes: readonly string[]): string[] {
  return [...copiesWarning(countDuplicates(train.x, test.x)), ...missingClassWarning(test.y, classes)];
}

/** Test rows that are equal, bit for bit, to a training row: the same image, or one that the network cannot tell from it. */
export function countDuplicates(train: Tensor<"float32">, test: Tensor<"float32">): number {
  const width = train.shape[1]!;
  const known = new Set<string>();
  const key = (data: Float32Array, row: number) =>
    Buffer.from(data.buffer, data.byteOffset + row * width * 4, width * 4).toString("latin1");
  for (let row = 0; row < train.shape[0]!; row++) known.add(key(train.data, row));
  let count = 0;
  for (let row = 0; row < test.shape[0]!; row++) if (known.has(key(test.data, row))) count++;
  return count;
}

/** Of test images that are equal, in what the network answers, to a training image. */
export function copiesWarning(count: number): string[] {
  if (count === 0) return [];
  const images = count === 1 ? "1 test image has" : `${count} test images have`;
  return [
    `${images} the very features of a training image: the same picture in both splits counts for the value; remove duplicates to be sure`,
  ];
}

function missingClassWarning(labels: Int32Array, classes: readonly string[]): string[] {
  const present = new Set(labels);
  const missing = classes.filter((_, c) => !present.has(c));
  if (missing.length === 0) return [];
  const named = missing.slice(0, 3).map((name) => `"${name}"`);
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
  return [
    `the test split has no image of ${named.join(", ")}${more}: means over classes are over the ${classes.length - missing.length} that it has`,
  ];
}
