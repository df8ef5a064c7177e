/** Opening a dataset by name: find it, read it, and refuse what an evaluation could not trust. */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { slugOf } from "../tensor/index.ts";
import {
  allItems,
  type Dataset,
  DatasetError,
  type Item,
  type ManifestOptions,
  SPLITS,
  type SplitName,
  type Splits,
} from "./dataset.ts";
import { computeManifestHash } from "./manifest.ts";
import type { Reading } from "./readers/reader.ts";
import { DATASET_NAMES, DATASETS, type DatasetEntry, type DatasetName } from "./registry.ts";
import { DatasetRoot, findRoot } from "./root.ts";

/** The folder of the data that ships with the package. */
export const SHIPPED_DATA = fileURLToPath(new URL("../../data", import.meta.url));

export interface OpenOptions {
  /** Goes on when files that the dataset's lists name are missing, or the counts are not the published ones. */
  readonly allowPartial?: boolean;
  /** For a folder of images: the dataset's name; else its folder's. */
  readonly name?: string;
  readonly title?: string;
}

/** @throws DatasetError listing the known names */
export function datasetEntry(name: string): DatasetEntry {
  if (Object.hasOwn(DATASETS, name)) return DATASETS[name as DatasetName];
  throw new DatasetError(`unknown dataset "${name}": known are ${DATASET_NAMES.join(", ")}`);
}

/**
 * Where a copy of the dataset lies under `folder`: the folder itself, `folder/NAME`, or what its archives unpack
 * into. Undefined when it is not there.
 */
export async function locateDataset(name: string, folder: string | undefined): Promise<string | undefined> {
  const entry = datasetEntry(name);
  if (name === "digits") {
    const given = folder === undefined ? undefined : await findRoot(folder, [name], entry.markers);
    return given ?? SHIPPED_DATA;
  }
  if (folder === undefined) return undefined;
  if (name === "folder") return findRoot(folder, [], entry.markers);
  const inside = [name, entry.title, ...entry.folders];
  const candidates = [
    ...inside,
    ...entry.folders.flatMap((last) => [`${name}/${last}`, `${entry.title}/${last}`]),
  ];
  return findRoot(folder, candidates, entry.markers);
}

/** "a, b, c and 9 more" */
export function someOf(names: readonly string[], shown = 3): string {
  const more = names.length - shown;
  return more > 0 ? `${names.slice(0, shown).join(", ")} and ${more} more` : names.join(", ");
}

const plural = (n: number, noun: string) =>
  `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : noun.endsWith("s") ? "es" : "s"}`;

/** What of a reading differs from the published dataset, each in a sentence; empty for a whole copy. */
export function differences(entry: DatasetEntry, reading: Reading): string[] {
  const found: string[] = [];
  if (reading.missing.length > 0) {
    found.push(`${plural(reading.missing.length, "listed file")} missing: ${someOf(reading.missing)}`);
  }
  found.push(...(reading.unread ?? []));
  if (entry.classCount !== undefined && reading.classes.length !== entry.classCount) {
    found.push(`${plural(reading.classes.length, "class")} found, ${entry.classCount} published`);
  }
  for (const split of SPLITS) {
    const published = entry.published?.[split];
    const count = reading.splits[split]?.length ?? 0;
    if (published !== undefined && count !== published) {
      found.push(`${split} has ${plural(count, "image")}, ${published.toLocaleString("en")} published`);
    }
  }
  const all = allItems(reading).length;
  if (entry.published?.all !== undefined && all !== entry.published.all) {
    found.push(`${plural(all, "image")} found, ${entry.published.all.toLocaleString("en")} published`);
  }
  return found;
}

function checkLabels(items: readonly Item[], classes: number, task: Dataset["task"], where: string): void {
  for (const { id, label } of items) {
    if (task === "multi-class") {
      if (typeof label !== "number" || !Number.isInteger(label) || label < 0 || label >= classes) {
        throw new DatasetError(
          `${where}: ${id} has the label ${label}, expected a class from 0 to ${classes - 1}`,
        );
      }
    } else if (
      typeof label === "number" ||
      label.length !== classes ||
      label.some((value) => value !== 0 && value !== 1)
    ) {
      throw new DatasetError(`${where}: the labels of ${id} are not ${classes} values of 0 or 1`);
    }
  }
}

/** Of a partial dataset, a class may have nothing to train on: it was allowed, and is recorded. */
function checkSplits(
  splits: Splits,
  classes: readonly string[],
  task: Dataset["task"],
  where: string,
  partial: boolean,
): void {
  const seen = new Map<string, SplitName>();
  for (const split of SPLITS) {
    const items = splits[split];
    if (items === undefined) continue;
    if (items.length === 0) {
      throw new DatasetError(
        `the ${split} split of ${where} is empty; add images, or remove the split if it is "val"`,
      );
    }
    checkLabels(items, classes.length, task, where);
    for (const { id } of items) {
      const other = seen.get(id);
      if (other !== undefined) {
        throw new DatasetError(
          other === split
            ? `${where}: ${id} is listed twice in ${split}`
            : `${where}: ${id} is in ${other} and in ${split}; a split may not share an image with another`,
        );
      }
      seen.set(id, split);
    }
  }
  if (task !== "multi-class" || partial) return;
  const trained = new Set([...splits.train, ...(splits.val ?? [])].map(({ label }) => label));
  classes.forEach((name, label) => {
    if (!trained.has(label)) {
      throw new DatasetError(
        `class "${name}" of ${where} has no image to train on; add one or remove the class`,
      );
    }
  });
}

/** Why a reading cannot be evaluated on, in a sentence; undefined when it can. */
export function problemOf(
  entry: DatasetEntry,
  { splits, classes }: Reading,
  root: string,
  partial: boolean,
): string | undefined {
  try {
    checkSplits(splits, classes, entry.task, root, partial);
    return undefined;
  } catch (error) {
    if (error instanceof DatasetError) return error.message;
    throw error;
  }
}

class OpenDataset implements Dataset {
  readonly name: string;
  readonly title: string;
  readonly task: Dataset["task"];
  readonly classes: readonly string[];
  readonly metric: Dataset["metric"];
  readonly splits: Splits;
  readonly origin: Dataset["origin"];

  constructor(fields: Omit<Dataset, "manifestHash">) {
    this.name = fields.name;
    this.title = fields.title;
    this.task = fields.task;
    this.classes = fields.classes;
    this.metric = fields.metric;
    this.splits = fields.splits;
    this.origin = fields.origin;
  }

  manifestHash(options?: ManifestOptions): Promise<string> {
    return computeManifestHash(this, options);
  }
}

/** Reads what lies at `root`; whether it is whole is `differences`' to say. */
export async function readDataset(name: string, root: string): Promise<Reading> {
  return datasetEntry(name).read(new DatasetRoot(root));
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new DatasetError(`there is no folder ${path}`);
  if (!found.isDirectory()) {
    throw new DatasetError(`${path} is a file: unpack it, if it is an archive, and name the folder`);
  }
}

/**
 * @param name one of DATASETS; `folder` for any folder of images by class
 * @param folder a copy of the dataset, or a folder that holds one; not needed for `digits`, which ships
 * @throws DatasetError when it is not there, not whole (unless allowPartial), or not fit to evaluate on
 */
export async function openDataset(
  name: string,
  folder?: string,
  { allowPartial = false, ...named }: OpenOptions = {},
): Promise<Dataset> {
  const entry = datasetEntry(name);
  if (folder !== undefined) await requireFolder(folder);
  const root = await locateDataset(name, folder);
  if (root === undefined) {
    throw new DatasetError(
      folder === undefined
        ? `${entry.title} needs a folder: say where its files are (${entry.source})`
        : `${entry.title} is not in ${folder}: expected ${entry.layout} (${entry.source})`,
    );
  }
  const reading = await readDataset(name, root);
  const differing = differences(entry, reading);
  if (differing.length > 0 && !allowPartial) {
    throw new DatasetError(
      `${entry.title} in ${root} is not whole: ${differing.join("; ")}. Complete it (${entry.source}), or allow a partial dataset`,
    );
  }
  checkSplits(reading.splits, reading.classes, entry.task, root, differing.length > 0);
  const ownName = name === "folder" ? slugOf(named.name ?? basename(root), "folder") : name;
  return new OpenDataset({
    name: ownName,
    title: named.title ?? (name === "folder" ? (named.name ?? basename(root)) : entry.title),
    task: entry.task,
    metric: entry.metric,
    classes: reading.classes,
    splits: reading.splits,
    origin: { layout: reading.layout, splitRule: reading.splitRule, missing: differing },
  });
}
