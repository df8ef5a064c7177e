/**
 * Food-101 (Bossard et al., 2014): `images/CLASS/ID.jpg`, `meta/classes.txt`, and `meta/train.txt` and `test.txt`
 * with lines `CLASS/ID`, or `train.json` and `test.json` with the same by class.
 */
import { z } from "zod";
import { DatasetError } from "../dataset.ts";
import type { DatasetRoot } from "../root.ts";
import { type NamedImage, readLists } from "./lists.ts";
import type { Reader } from "./reader.ts";

const ByClass = z.record(z.string(), z.array(z.string()));

async function ids(root: DatasetRoot, split: string): Promise<string[]> {
  if (await root.has(`meta/${split}.txt`)) return root.lines(`meta/${split}.txt`);
  const file = `meta/${split}.json`;
  try {
    return Object.values(ByClass.parse(JSON.parse(await root.text(file)))).flat();
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    throw new DatasetError(`${root.at(file)} is not JSON of the form {"CLASS": ["CLASS/ID", ...]}`, {
      cause,
    });
  }
}

export const readFood: Reader = async (root) => {
  const classes = (await root.lines("meta/classes.txt")).map((line) => line.trim());
  const read = async (split: string): Promise<NamedImage[]> =>
    (await ids(root, split)).map((id) => [`images/${id.trim()}.jpg`, id.split("/")[0]!]);
  return {
    layout: "images by class with meta lists",
    splitRule: "published: meta/train and meta/test",
    classes,
    ...(await readLists(root, { train: await read("train"), test: await read("test") }, classes)),
  };
};
