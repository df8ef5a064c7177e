/**
 * FGVC-Aircraft 2013b (Maji et al., 2013): `data/images/ID.jpg`, and `data/images_variant_SPLIT.txt` with lines
 * `ID VARIANT` (a variant's name may hold spaces). 100 variants; its own validation split.
 */
import { DatasetError } from "../dataset.ts";
import { classesOf, type NamedImage, readLists } from "./lists.ts";
import type { Reader } from "./reader.ts";

export const readAircraft: Reader = async (root) => {
  const read = async (split: string): Promise<NamedImage[]> => {
    const file = `data/images_variant_${split}.txt`;
    return (await root.lines(file)).map((line) => {
      const [, id, variant] = /^(\S+) (.+)$/.exec(line) ?? [];
      if (id === undefined || variant === undefined) {
        throw new DatasetError(
          `${root.at(file)} has the line "${line}": expected an image's number and its variant`,
        );
      }
      return [`data/images/${id}.jpg`, variant];
    });
  };
  const lists = { train: await read("train"), val: await read("val"), test: await read("test") };
  const classes = classesOf(Object.values(lists));
  return {
    layout: "data/images with images_variant lists",
    splitRule: "published: images_variant_train, _val and _test",
    classes,
    ...(await readLists(root, lists, classes)),
  };
};
