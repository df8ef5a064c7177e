/** Splits that a dataset does not publish: the authors' validation rule, and seeded splits by class. */
import { NumpyRandomState } from "../tensor/index.ts";
import { type Dataset, DatasetError, type Item } from "./dataset.ts";

/** The authors' share of train that becomes validation. */
export const VALIDATION_SHARE = 0.2;

/**
 * The authors' validation rule: shuffle 0..n-1 with NumPy's generator seeded by 0; the first floor(0.2 n)
 * are validation, the rest train, both in shuffled order.
 */
export function splitTrainVal(n: number): { train: Int32Array; val: Int32Array } {
  const order = new NumpyRandomState(0).permutation(n);
  const cut = Math.floor(VALIDATION_SHARE * n);
  return { train: order.slice(cut), val: order.slice(0, cut) };
}

export interface TrainingSplits {
  readonly train: readonly Item[];
  readonly val: readonly Item[];
  /** Train and validation together: the published order where validation was drawn from train. */
  readonly trainVal: readonly Item[];
  readonly test: readonly Item[];
  /** Where validation comes from, in words: part of a protocol's record. */
  readonly validationRule: "published" | "numpy-seed-0-20%";
}

/**
 * A dataset's splits with validation: its own, or drawn from train by the authors' rule.
 * @throws DatasetError when train is too small for the rule to draw one image
 */
export function trainingSplits({ splits }: Pick<Dataset, "splits">): TrainingSplits {
  const { train, val, test } = splits;
  if (val) return { train, val, trainVal: [...train, ...val], test, validationRule: "published" };
  const drawn = splitTrainVal(train.length);
  if (drawn.val.length === 0) {
    throw new DatasetError(
      `the train split has ${train.length} images: a fifth of it becomes validation, so at least 5 are needed; add images or a val split`,
    );
  }
  const pick = (indices: Int32Array) => Array.from(indices, (index) => train[index]!);
  return {
    train: pick(drawn.train),
    val: pick(drawn.val),
    trainVal: train,
    test,
    validationRule: "numpy-seed-0-20%",
  };
}

/** The seed of every split that is drawn here. */
export const SPLIT_SEED = 0;

/**
 * Draws `take(n)` of the n items of each class, classes in order, one NumPy generator for all.
 * @returns the drawn ones and the others, each in the order of `byClass`.
 */
export function drawByClass<T>(
  byClass: readonly (readonly T[])[],
  take: (n: number, classIndex: number) => number,
  seed = SPLIT_SEED,
): { drawn: T[]; rest: T[] } {
  const random = new NumpyRandomState(seed);
  const drawn: T[] = [];
  const rest: T[] = [];
  byClass.forEach((items, classIndex) => {
    const order = random.permutation(items.length);
    const chosen = new Set(order.subarray(0, take(items.length, classIndex)));
    items.forEach((item, index) => {
      (chosen.has(index) ? drawn : rest).push(item);
    });
  });
  return { drawn, rest };
}

export const TEST_SHARE_RULE = `test: a seeded 20% of each class, at least one image (NumPy seed ${SPLIT_SEED}, classes and files in name order)`;

/**
 * A stratified train and test split of a dataset that publishes none: 20% of each class, at least one, is test.
 * @throws DatasetError naming a class with fewer than two images
 */
export function stratifiedSplit<T>(
  byClass: readonly (readonly T[])[],
  classes: readonly string[],
  where: string,
): { train: T[]; test: T[] } {
  byClass.forEach((items, index) => {
    if (items.length < 2) {
      throw new DatasetError(
        `class "${classes[index]}" of ${where} has ${items.length === 1 ? "one image" : "no image"}: at least two are needed to have one to train on and one to test on; add images or remove the class`,
      );
    }
  });
  const { drawn, rest } = drawByClass(byClass, (n) => Math.max(1, Math.floor(0.2 * n)));
  return { train: rest, test: drawn };
}
