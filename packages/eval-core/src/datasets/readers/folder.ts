/**
 * Any folder of images by class: `train/CLASS/*` and `test/CLASS/*`, with `val/CLASS/*` or without; or `CLASS/*`,
 * split by a seeded rule. Classes are the folders' names, in order.
 */
import { DatasetError } from "../dataset.ts";
import { stratifiedSplit, TEST_SHARE_RULE } from "../split.ts";
import { imagesByClass } from "./by-class.ts";
import type { Reader } from "./reader.ts";

export const readFolder: Reader = async (root) => {
  const top = await root.folders();
  if (top.length === 0) {
    throw new DatasetError(
      `${root.path} holds no folders: expected train/CLASS and test/CLASS, or CLASS, with images inside`,
    );
  }
  if (!top.includes("train") && !top.includes("test")) {
    if (top.length < 2) {
      throw new DatasetError(`${root.path} holds one class ("${top[0]}"): at least two are needed`);
    }
    const groups = await imagesByClass(root, ".", top);
    return {
      layout: "folder by class",
      splitRule: TEST_SHARE_RULE,
      classes: top,
      splits: stratifiedSplit(groups, top, root.path),
      missing: [],
    };
  }
  const absent = ["train", "test"].filter((split) => !top.includes(split));
  if (absent.length > 0) {
    throw new DatasetError(`${root.path} has no folder "${absent[0]}": expected train/CLASS and test/CLASS`);
  }
  const classes = await root.folders("train");
  for (const split of ["val", "test"].filter((name) => top.includes(name))) {
    const unknown = (await root.folders(split)).find((name) => !classes.includes(name));
    if (unknown !== undefined) {
      throw new DatasetError(`${root.at(split)} has a class "${unknown}" that train does not have`);
    }
  }
  const read = async (split: string) => (await imagesByClass(root, split, classes)).flat();
  return {
    layout: "folder by split and class",
    splitRule: "the folders train, test and, where there, val",
    classes,
    splits: {
      train: await read("train"),
      ...(top.includes("val") ? { val: await read("val") } : {}),
      test: await read("test"),
    },
    missing: [],
  };
};
