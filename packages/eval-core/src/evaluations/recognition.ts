/** The recognition datasets of the registry as what an evaluation runs on. */
import {
  DATASET_NAMES,
  DATASETS,
  type Dataset,
  type DatasetName,
  datasetEntry,
  locateDataset,
  openDataset,
  type Task,
} from "../datasets/index.ts";
import type { DataSource } from "./data.ts";

/** The datasets of these tasks, folders of images by class among them. */
export function recognition(tasks: readonly Task[]): DataSource<Dataset, unknown> {
  return {
    names: DATASET_NAMES.filter((name: DatasetName) => tasks.includes(DATASETS[name].task)),
    kindOf(name) {
      const { task, metric, classCount } = datasetEntry(name);
      return { slug: name, task, metric, classCount };
    },
    titleOf: (name) => datasetEntry(name).title,
    unnamed: (folder) => (folder === undefined ? undefined : "folder"),
    locate: locateDataset,
    expected: datasetEntry,
    open: (name, { folder, allowPartial }) => openDataset(name, folder, { allowPartial }),
    facts({ name: slug, title, classes, splits: { train, val, test } }, name) {
      return {
        slug,
        title,
        domain: datasetEntry(name).domain,
        classCount: classes.length,
        sizes: { train: train.length, test: test.length, ...(val ? { val: val.length } : {}) },
        own: name === "folder",
      };
    },
  };
}
