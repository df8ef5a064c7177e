/**
 * Test sets that share a source's classes, in the layouts in which ImageNet's are published: folders by class name
 * (ImageNet-A, -R, -Sketch), folders by class number (ImageNet-V2), ReaL's list of answers for the source's own test images,
 * and ImageNet-C's corruption/level/class.
 */

import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { JsonFileError, jsonOfFile } from "../tensor/index.ts";
import { type Dataset, DatasetError, type Item } from "./dataset.ts";
import { imagesByClass } from "./readers/by-class.ts";
import { DatasetRoot } from "./root.ts";

export interface ShiftedSet {
  /** As it was named. */
  readonly name: string;
  readonly layout: "by class" | "by number" | "answers" | "corruptions";
  /** Labels are positions in `mapping`; for answers, in the source's classes. */
  readonly items: readonly Item[];
  /** The source class of each label. */
  readonly mapping: readonly number[];
  /** Of answers: which classes are right for each item. */
  readonly answers?: readonly (readonly number[])[];
  /** Of corruptions: which corruption and level each item is of. */
  readonly parts?: readonly { readonly corruption: string; readonly level: number }[];
}

const ANSWERS = "real.json";

/** @throws DatasetError in one sentence: what was expected, what was found, where */
export async function readShifted(name: string, path: string, source: Dataset): Promise<ShiftedSet> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new DatasetError(`the test set ${name} is not at ${path}: no such file or folder`);
  if (found.isFile()) return readAnswers(name, path, source);
  const root = new DatasetRoot(path);
  if (await root.has(ANSWERS)) return readAnswers(name, root.at(ANSWERS), source);
  const folders = await root.folders();
  if (folders.length === 0) throw new DatasetError(`${path} holds no folders: expected one a class`);
  const levels = await root.folders(folders[0]!);
  if (levels.length > 0 && levels.every((level) => /^[1-5]$/.test(level))) {
    return readCorruptions(name, root, folders, source);
  }
  const { mapping, layout } = classesOf(folders, source, path);
  const groups = await imagesByClass(root, ".", folders);
  const items = groups.flat();
  if (items.length === 0) throw new DatasetError(`${path} holds no images in its folders`);
  return { name, layout, items, mapping };
}

/** Folders' names as classes of the source: its own names, or numbers into its classes in order. */
function classesOf(folders: readonly string[], { classes, title }: Dataset, path: string) {
  const byName = new Map(classes.map((name, i) => [name, i]));
  if (folders.some((name) => byName.has(name))) {
    const unknown = folders.find((name) => !byName.has(name));
    if (unknown !== undefined) {
      throw new DatasetError(
        `${path} has a folder "${unknown}", which is no class of ${title}: every folder must be named like one of its classes`,
      );
    }
    return { mapping: folders.map((name) => byName.get(name)!), layout: "by class" as const };
  }
  const numbers = folders.map(Number);
  const wrong = folders.find((_, i) => !Number.isInteger(numbers[i]) || numbers[i]! >= classes.length);
  if (wrong !== undefined) {
    throw new DatasetError(
      `${path} has a folder "${wrong}", which is neither a class of ${title} nor a number from 0 to ${classes.length - 1}`,
    );
  }
  return { mapping: numbers, layout: "by number" as const };
}

/** real.json: a list of right classes for each test image of the source, in the order of the images' names. */
async function readAnswers(
  name: string,
  path: string,
  { splits, classes, title }: Dataset,
): Promise<ShiftedSet> {
  let parsed: unknown;
  try {
    parsed = jsonOfFile(await readFile(path), path);
  } catch (cause) {
    const why = cause instanceof JsonFileError ? cause.message : `${path} cannot be read`;
    throw new DatasetError(`${why}; expected a list of lists of classes`, { cause });
  }
  const images = splits.test.toSorted((a, b) => (basename(a.id) < basename(b.id) ? -1 : 1));
  if (!Array.isArray(parsed) || parsed.length !== images.length) {
    const found = Array.isArray(parsed) ? `${parsed.length} entries` : "something else";
    throw new DatasetError(
      `${path} must be a list of one entry for each of the ${images.length} test images of ${title}: found ${found}`,
    );
  }
  const answers = parsed.map((entry: unknown, i): number[] => {
    const list = Array.isArray(entry) ? entry : [Number.NaN];
    const wrong = list.find((c) => !Number.isInteger(c) || c < 0 || c >= classes.length);
    if (wrong === undefined) return list as number[];
    throw new DatasetError(`entry ${i} of ${path} must be a list of classes from 0 to ${classes.length - 1}`);
  });
  // An image without an answer is in no class: it does not count.
  const kept = images.map((_, i) => i).filter((i) => answers[i]!.length > 0);
  return {
    name,
    layout: "answers",
    items: kept.map((i) => images[i]!),
    mapping: classes.map((_, c) => c),
    answers: kept.map((i) => answers[i]!),
  };
}

async function readCorruptions(
  name: string,
  root: DatasetRoot,
  corruptions: readonly string[],
  source: Dataset,
): Promise<ShiftedSet> {
  const items: Item[] = [];
  const parts: { corruption: string; level: number }[] = [];
  let mapping: readonly number[] | undefined;
  for (const corruption of corruptions) {
    for (const level of await root.folders(corruption)) {
      const base = `${corruption}/${level}`;
      const folders = await root.folders(base);
      const own = classesOf(folders, source, root.at(base)).mapping;
      mapping ??= own;
      if (`${own}` !== `${mapping}`) {
        throw new DatasetError(`${root.at(base)} has other classes than the levels before it: copy it again`);
      }
      for (const item of (await imagesByClass(root, base, folders)).flat()) {
        items.push(item);
        parts.push({ corruption, level: Number(level) });
      }
    }
  }
  if (items.length === 0) throw new DatasetError(`${root.path} holds no images in its corruptions`);
  return { name, layout: "corruptions", items, mapping: mapping ?? [], parts };
}
