/**
 * Any folder of images by class: `train/CLASS/*` and `test/CLASS/*`, with `val/CLASS/*` or without; or `CLASS/*`,
 * split by a seeded rule. Classes are the folders' names, in order. Splits go by the names that are in use (`training`,
 * `validation`, `valid`, `dev`, `testing`). Images that no split and no class holds are named, never passed over.
 */
import { DatasetError, type SplitName } from "../dataset.ts";
import type { DatasetRoot } from "../root.ts";
import { stratifiedSplit, TEST_SHARE_RULE } from "../split.ts";
import { imagesByClass, unreadIn } from "./by-class.ts";
import type { Reader, Reading } from "./reader.ts";

const SPLIT_NAMES: Readonly<Record<string, SplitName>> = {
  train: "train",
  training: "train",
  val: "val",
  valid: "val",
  validation: "val",
  dev: "val",
  test: "test",
  testing: "test",
};

const EXPECTED = "expected train/CLASS and test/CLASS, or CLASS, with images inside";

export const readFolder: Reader = async (root) => {
  const top = await root.folders();
  if (top.length === 0) throw new DatasetError(`${root.path} holds no folders: ${EXPECTED}`);
  const splits = splitFolders(root, top);
  if (splits.has("train") || splits.has("test")) return readSplits(root, top, splits);
  if (top.length > 1) return readClasses(root, top);
  // One folder around it all, as an archive unpacks; a class alone is no dataset.
  const [only = ""] = top;
  const inner = await root.folders(only);
  const isAround = inner.length > 1 && (await root.images(only)).length === 0;
  if (isAround) return readFolder(root.inside(only));
  throw new DatasetError(`${root.path} holds one class ("${only}"): at least two are needed`);
};

/** Which folder is which split. @throws DatasetError where two folders are one split */
function splitFolders(root: DatasetRoot, top: readonly string[]): Map<SplitName, string> {
  const splits = new Map<SplitName, string>();
  for (const folder of top) {
    const split = SPLIT_NAMES[folder.toLowerCase()];
    if (split === undefined) continue;
    const before = splits.get(split);
    if (before !== undefined && isSplit(top)) {
      throw new DatasetError(
        `${root.path} has the folders "${before}" and "${folder}", which are both the ${split} split: rename or remove one`,
      );
    }
    splits.set(split, folder);
  }
  return splits;
}

const isSplit = (top: readonly string[]) =>
  top.some((name) => ["train", "test"].includes(SPLIT_NAMES[name.toLowerCase()] ?? ""));

async function readClasses(root: DatasetRoot, classes: readonly string[]): Promise<Reading> {
  const groups = await imagesByClass(root, ".", classes);
  return {
    layout: "folder by class",
    splitRule: TEST_SHARE_RULE,
    classes,
    splits: stratifiedSplit(groups, classes, root.path),
    missing: [],
    unread: [...(await looseIn(root, ["."])), ...(await unreadIn(root, ["."]))],
  };
}

async function readSplits(
  root: DatasetRoot,
  top: readonly string[],
  folders: ReadonlyMap<SplitName, string>,
): Promise<Reading> {
  const absent = (["train", "test"] as const).find((split) => !folders.has(split));
  if (absent !== undefined) {
    throw new DatasetError(`${root.path} has no folder "${absent}": expected train/CLASS and test/CLASS`);
  }
  const folderOf = (split: SplitName) => folders.get(split)!;
  const classes = await root.folders(folderOf("train"));
  for (const split of (["val", "test"] as const).filter((name) => folders.has(name))) {
    const unknown = (await root.folders(folderOf(split))).find((name) => !classes.includes(name));
    if (unknown !== undefined) {
      throw new DatasetError(
        `${root.at(folderOf(split))} has a class "${unknown}" that ${folderOf("train")} does not have`,
      );
    }
  }
  const read = async (split: SplitName) => (await imagesByClass(root, folderOf(split), classes)).flat();
  const taken = [...folders.values()];
  const others = top.filter((name) => !taken.includes(name));
  return {
    layout: "folder by split and class",
    splitRule: "the folders train, test and, where there, val",
    classes,
    splits: {
      train: await read("train"),
      ...(folders.has("val") ? { val: await read("val") } : {}),
      test: await read("test"),
    },
    missing: [],
    unread: [
      ...(await otherFolders(root, others)),
      ...(await looseIn(root, [".", ...(await Promise.all(taken.map((folder) => root.innermost(folder))))])),
      ...(await unreadIn(root, taken)),
    ],
  };
}

/** Folders beside the splits that hold images. */
async function otherFolders(root: DatasetRoot, folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const count = (await root.imagesBelow(folder)).length;
    if (count > 0)
      found.push(
        `the folder "${folder}" holds ${count.toLocaleString("en")} images and is no split that is known`,
      );
  }
  return found;
}

/** Images beside the classes, in none of them. */
async function looseIn(root: DatasetRoot, folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const images = await root.images(folder);
    const where = folder === "." ? "beside the folders" : `beside the classes of "${folder}"`;
    if (images.length > 0)
      found.push(`${images.length.toLocaleString("en")} images lie ${where}, in no class: ${images[0]}`);
  }
  return found;
}
