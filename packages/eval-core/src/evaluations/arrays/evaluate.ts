/** From a dataset's items and features to the arrays that the protocols take. */
import { allItems, type Dataset, type Item, trainingSplits } from "../../datasets/index.ts";
import type { DatasetFeatures } from "../../features/index.ts";
import { type AnyTensor, type Tensor, tensor } from "../../tensor/index.ts";
import type { LinearMetric, LinearSplit, LinearTask } from "../many-shot-linear/record.ts";

export interface LinearArrays {
  readonly train: LinearSplit;
  readonly val: LinearSplit;
  readonly test: LinearSplit;
  readonly classes: number;
  readonly task: LinearTask;
  readonly metric: LinearMetric;
}

export interface PooledArrays {
  /** images x features */
  readonly x: Tensor<"float32">;
  /** One class an image. */
  readonly y: ArrayLike<number>;
}

/** Train, validation and test as the protocol splits them; images that could not be read are left out afterwards. */
export function linearArrays(dataset: Dataset, features: DatasetFeatures): LinearArrays {
  const splits = trainingSplits(dataset);
  const take = (items: readonly Item[]): LinearSplit => {
    const present = items.filter((item) => features.rowOf.has(item));
    return { x: rows(features, present), y: labels(dataset, present) };
  };
  return {
    train: take(splits.train),
    val: take(splits.val),
    test: take(splits.test),
    classes: dataset.classes.length,
    task: dataset.task,
    metric: dataset.metric,
  };
}

/** All splits together, in the order train, val, test. */
export function pooledArrays(dataset: Dataset, features: DatasetFeatures): PooledArrays {
  const present = allItems(dataset).filter((item) => features.rowOf.has(item));
  const y = Int32Array.from(present, ({ label }) => label as number);
  // Features come in that order already: without gaps there is nothing to copy.
  if (features.unreadable.length === 0) {
    return { x: tensor("float32", [present.length, features.featureSize], features.x), y };
  }
  return { x: rows(features, present), y };
}

function rows({ x, featureSize, rowOf }: DatasetFeatures, items: readonly Item[]): Tensor<"float32"> {
  const data = new Float32Array(items.length * featureSize);
  items.forEach((item, i) => {
    const row = rowOf.get(item)!;
    data.set(x.subarray(row * featureSize, (row + 1) * featureSize), i * featureSize);
  });
  return tensor("float32", [items.length, featureSize], data);
}

function labels({ task, classes }: Dataset, items: readonly Item[]): AnyTensor {
  if (task === "multi-class") {
    const data = Int32Array.from(items, ({ label }) => label as number);
    return { dtype: "int32", shape: [items.length], data };
  }
  const data = Uint8Array.from(items.flatMap(({ label }) => label as readonly number[]));
  return { dtype: "uint8", shape: [items.length, classes.length], data };
}
