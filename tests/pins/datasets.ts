/** Stand-ins for every dataset of the registry: what of a dataset enters a protocol, and no image. */

import type { Item } from "../../packages/eval-core/src/datasets/index.ts";
import { DATASETS, type Dataset, type DatasetName } from "../../packages/eval-core/src/datasets/index.ts";

/** How each dataset's reader says where its splits come from, and whether it publishes a validation split. */
const RULES: Readonly<Record<string, readonly [rule: string, publishesVal: boolean]>> = {
  aircraft: ["published: images_variant_train, _val and _test", true],
  caltech101: [
    "the authors' draw: NumPy seed 0, 30 draws a class with replacement are train, the rest test",
    false,
  ],
  cars: ["published: cars_train and cars_test", false],
  cifar10: ["published: training and test batches", false],
  cifar100: ["published: training and test batches", false],
  dtd: ["published: split 1 of 10", true],
  flowers: ["published: trnid, valid and tstid of setid.mat", true],
  food: ["published: meta/train and meta/test", false],
  pets: ["published: annotations/trainval and annotations/test", false],
  sun397: ["published: split 1 of 10", false],
  voc2007: ["published: ImageSets/Main train, val and test", true],
  cropdiseases: [
    "test: a seeded 20% of each class, at least one image (NumPy seed 0, classes and files in name order)",
    false,
  ],
  eurosat: [
    "test: a seeded 20% of each class, at least one image (NumPy seed 0, classes and files in name order)",
    false,
  ],
  isic2018: [
    "test: a seeded 20% of each class, at least one image (NumPy seed 0, classes and files in name order)",
    false,
  ],
  chestx: [
    "test: a seeded 20% of each class, at least one image (NumPy seed 0, classes and files in name order)",
    false,
  ],
  digits: ["file order: the first 1197 rows train, the rest test", false],
  folder: ["the folders train, test and, where there, val", true],
};

export const PINNED_DATASETS = Object.keys(RULES) as DatasetName[];

const items = (count: number, split: string, label: Item["label"]): Item[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${split}/${i}`, label }) as Item);

export function standIn(name: DatasetName, missing: readonly string[] = []): Dataset {
  const { title, task, metric, classCount } = DATASETS[name];
  const [splitRule, publishesVal] = RULES[name]!;
  const classes = Array.from({ length: classCount ?? 3 }, (_, i) => `class ${i}`);
  const label = task === "multi-class" ? 0 : classes.map(() => 0);
  return {
    name: name === "folder" ? "my-images" : name,
    title,
    task,
    metric,
    classes,
    splits: {
      train: items(10, "train", label),
      ...(publishesVal ? { val: items(5, "val", label) } : {}),
      test: items(5, "test", label),
    },
    origin: { layout: "as published", splitRule, missing },
    manifestHash: () => Promise.resolve("a".repeat(64)),
  };
}
