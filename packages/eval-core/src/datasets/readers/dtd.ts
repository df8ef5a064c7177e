/**
 * Describable Textures (Cimpoi et al., 2014): `images/CLASS/CLASS_0001.jpg`, and `labels/train1.txt`, `val1.txt`,
 * `test1.txt` with one path a line: split 1 of its ten. 47 classes; its own validation split.
 */
import { classesOf, type NamedImage, readLists } from "./lists.ts";
import type { Reader } from "./reader.ts";

export const readDtd: Reader = async (root) => {
  const read = async (split: string): Promise<NamedImage[]> =>
    (await root.lines(`labels/${split}1.txt`)).map((line) => [`images/${line.trim()}`, line.split("/")[0]!]);
  const lists = { train: await read("train"), val: await read("val"), test: await read("test") };
  const classes = classesOf(Object.values(lists));
  return {
    layout: "images by class with labels lists",
    splitRule: "published: split 1 of 10",
    classes,
    ...(await readLists(root, lists, classes)),
  };
};
