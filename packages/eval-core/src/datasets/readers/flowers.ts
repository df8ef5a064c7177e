/**
 * Oxford Flowers 102 (Nilsback and Zisserman, 2008): `jpg/image_00001.jpg`, `imagelabels.mat` (`labels`: the class,
 * from 1, of each image) and `setid.mat` (`trnid`, `valid`, `tstid`: image numbers). Its own validation split.
 * The archive names no classes: they are called by their number.
 */
import { DatasetError } from "../dataset.ts";
import { matNumbers, parseMat } from "../mat.ts";
import { Gathering } from "../root.ts";
import type { Reader } from "./reader.ts";

const CLASSES = Array.from({ length: 102 }, (_, i) => `class ${i + 1}`);

export const readFlowers: Reader = async (root) => {
  const read = async (file: string) => parseMat(await root.bytes(file), root.at(file));
  const labels = matNumbers(await read("imagelabels.mat"), "labels", root.at("imagelabels.mat"));
  const sets = await read("setid.mat");
  const gathering = new Gathering(root);
  const items = (variable: string) =>
    gathering.items(
      matNumbers(sets, variable, root.at("setid.mat")).map((image): [string, number] => {
        const label = labels[image - 1];
        if (label === undefined) {
          throw new DatasetError(
            `${root.at("setid.mat")} names image ${image} in ${variable}, but imagelabels.mat has ${labels.length} labels`,
          );
        }
        return [`jpg/image_${String(image).padStart(5, "0")}.jpg`, label - 1];
      }),
    );
  return {
    layout: "jpg with imagelabels.mat and setid.mat",
    splitRule: "published: trnid, valid and tstid of setid.mat",
    classes: CLASSES,
    splits: { train: await items("trnid"), val: await items("valid"), test: await items("tstid") },
    missing: gathering.missing,
  };
};
