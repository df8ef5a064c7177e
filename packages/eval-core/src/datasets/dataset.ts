/**
 * What a dataset is to the rest of the house: named splits of items that know their label and how to load their
 * image. Readers of the published layouts make them (`readers/`), `open.ts` checks them.
 */
import type { RgbImage } from "../images/index.ts";
import { type ImageSource, loadSource } from "./source.ts";

/** Something is wrong with a dataset on disk. One sentence: what was expected, what was found, where, what to do. */
export class DatasetError extends Error {
  override readonly name = "DatasetError";
}

/** multi-class: each image has one class; multi-label: any number of them. */
export type Task = "multi-class" | "multi-label";

export type DatasetMetric = "accuracy" | "mean-per-class-accuracy" | "map11";

/** The class index; for multi-label, one 0 or 1 a class. */
export type Label = number | readonly number[];

export interface Item {
  /** Unique within its dataset, the same on every machine: the path inside the dataset, or a row's number. */
  readonly id: string;
  readonly label: Label;
  /** Plain data, so that a worker thread can load the image with `loadSource`. */
  readonly source: ImageSource;
  /** @throws ImageError naming the file */
  load(): Promise<RgbImage>;
}

export const SPLITS = ["train", "val", "test"] as const;
export type SplitName = (typeof SPLITS)[number];

export interface Splits {
  readonly train: readonly Item[];
  /** Only where the dataset publishes one; else `trainingSplits` draws it from train. */
  readonly val?: readonly Item[];
  readonly test: readonly Item[];
}

/** How the splits came to be: recorded with every run, and part of the manifest's hash. */
export interface Origin {
  /** Which published layout was read, for example "binary batches". */
  readonly layout: string;
  /** Where the splits come from: the dataset's own files, or a seeded rule, in words. */
  readonly splitRule: string;
  /** What was missing, when that was allowed; empty for a whole dataset. */
  readonly missing: readonly string[];
}

export interface Dataset {
  readonly name: string;
  readonly title: string;
  readonly task: Task;
  readonly classes: readonly string[];
  readonly metric: DatasetMetric;
  readonly splits: Splits;
  readonly origin: Origin;
  /** SHA-256 over origin, classes and every item's split, id, label and image content: see `manifest.ts`. */
  manifestHash(options?: ManifestOptions): Promise<string>;
}

export interface ManifestOptions {
  /** Remembers content hashes by path, size and modification time, so that a second run does not read again. */
  readonly cacheFile?: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

class SourcedItem implements Item {
  readonly id: string;
  readonly label: Label;
  readonly source: ImageSource;

  constructor(id: string, label: Label, source: ImageSource) {
    this.id = id;
    this.label = label;
    this.source = source;
  }

  load(): Promise<RgbImage> {
    return loadSource(this.source);
  }
}

export function makeItem(id: string, label: Label, source: ImageSource): Item {
  return new SourcedItem(id, label, source);
}

/** All items, in the order train, val, test: what few-shot episodes draw from. */
export function allItems({ splits }: Pick<Dataset, "splits">): readonly Item[] {
  return [...splits.train, ...(splits.val ?? []), ...splits.test];
}
