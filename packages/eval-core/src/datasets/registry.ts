/** The datasets that the protocols name: one table, read by the command, the docs and the checks. */
import type { DatasetMetric, Task } from "./dataset.ts";
import { readDigits } from "./readers/digits.ts";
import { readFolder } from "./readers/folder.ts";
import type { Reader } from "./readers/reader.ts";

export interface DatasetEntry {
  readonly title: string;
  readonly domain: string;
  readonly task: Task;
  readonly metric: DatasetMetric;
  /** How many classes a whole copy has; undefined where any number is right. */
  readonly classCount: number | undefined;
  /** Images in each split of a whole copy; undefined where any number is right. */
  readonly published: Readonly<Partial<Record<"train" | "val" | "test", number>>> | undefined;
  /** The files and folders that a copy holds, for a person to compare with. */
  readonly layout: string;
  /** A folder is a copy of the dataset when it holds one of these. */
  readonly markers: readonly string[];
  /** Folders that the archives unpack into: looked for inside the given folder. */
  readonly folders: readonly string[];
  /** Where to get it, in words; sources move, so no address is promised. */
  readonly source: string;
  /** The suites that it belongs to. */
  readonly suites: readonly string[];
  readonly read: Reader;
}

export const DATASETS = {
  digits: {
    title: "Digits",
    domain: "handwritten digits",
    task: "multi-class",
    metric: "accuracy",
    classCount: 10,
    published: { train: 1197, test: 600 },
    layout: "digits.csv.gz",
    markers: ["digits.csv.gz"],
    folders: [],
    source: "ships with transferboard: no folder is needed",
    suites: ["demo"],
    read: readDigits,
  },
  folder: {
    title: "Folder of images",
    domain: "any",
    task: "multi-class",
    metric: "accuracy",
    classCount: undefined,
    published: undefined,
    layout: "train/CLASS/*, test/CLASS/* and, if there is one, val/CLASS/*; or CLASS/*",
    markers: ["."],
    folders: [],
    source: "your own images, one folder a class",
    suites: [],
    read: readFolder,
  },
} as const satisfies Record<string, DatasetEntry>;

export type DatasetName = keyof typeof DATASETS;

export const DATASET_NAMES = Object.keys(DATASETS) as DatasetName[];
