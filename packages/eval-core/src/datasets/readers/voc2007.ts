/**
 * PASCAL VOC 2007 classification (Everingham et al.): `JPEGImages/ID.jpg`, `ImageSets/Main/SPLIT.txt` with one ID a
 * line, and for each image the classes of the objects in it. 20 classes, multi-label; its own validation split.
 *
 * Difficult objects, as the authors treat them: an image is positive for a class that it holds at least one
 * object of that is not difficult, and negative otherwise, also where all its objects of that class are difficult.
 * (`ImageSets/Main/CLASS_SPLIT.txt` says so by 1, -1, and 0 for difficult only; 0 becomes negative, it is not left
 * out.) Both sources give the same labels: the lists are read where they are there, else `Annotations/ID.xml`.
 */
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { DatasetError, type Item } from "../dataset.ts";
import { type DatasetRoot, Gathering } from "../root.ts";
import { firstThere } from "./by-class.ts";
import type { Reader } from "./reader.ts";

export const VOC_CLASSES: readonly string[] = [
  "aeroplane",
  "bicycle",
  "bird",
  "boat",
  "bottle",
  "bus",
  "car",
  "cat",
  "chair",
  "cow",
  "diningtable",
  "dog",
  "horse",
  "motorbike",
  "person",
  "pottedplant",
  "sheep",
  "sofa",
  "train",
  "tvmonitor",
];

const xml = new XMLParser({ isArray: (name) => name === "object", parseTagValue: false });
const Annotation = z.object({
  annotation: z.object({
    object: z.array(z.object({ name: z.string(), difficult: z.string().default("0") })).default([]),
  }),
});

async function labelsFromXml(root: DatasetRoot, base: string, id: string): Promise<number[]> {
  const file = `${base}Annotations/${id}.xml`;
  const parsed = Annotation.safeParse(xml.parse(await root.text(file)));
  if (!parsed.success) {
    throw new DatasetError(
      `${root.at(file)} is not a VOC annotation: expected <annotation> with <object>s that have a <name>`,
    );
  }
  const labels = Array<number>(VOC_CLASSES.length).fill(0);
  for (const { name, difficult } of parsed.data.annotation.object) {
    const label = VOC_CLASSES.indexOf(name);
    if (label < 0) throw new DatasetError(`${root.at(file)} has an object of the unknown class "${name}"`);
    if (difficult.trim() !== "1") labels[label] = 1;
  }
  return labels;
}

async function labelsFromLists(
  root: DatasetRoot,
  base: string,
  split: string,
): Promise<Map<string, number[]>> {
  const labels = new Map<string, number[]>();
  for (const [label, name] of VOC_CLASSES.entries()) {
    const file = `${base}ImageSets/Main/${name}_${split}.txt`;
    for (const line of await root.lines(file)) {
      const [, id, value] = /^(\S+)\s+(-1|0|1)\s*$/.exec(line) ?? [];
      if (id === undefined)
        throw new DatasetError(`${root.at(file)} has the line "${line}": expected ID and -1, 0 or 1`);
      let row = labels.get(id);
      if (row === undefined) {
        row = Array<number>(VOC_CLASSES.length).fill(0);
        labels.set(id, row);
      }
      if (value === "1") row[label] = 1;
    }
  }
  return labels;
}

export const readVoc2007: Reader = async (root) => {
  const found = await firstThere(root, ["ImageSets", "VOC2007", "VOCdevkit/VOC2007"]);
  if (found === undefined) throw new DatasetError(`${root.at("VOCdevkit/VOC2007")} is missing`);
  const base = found === "ImageSets" ? "" : `${found}/`;
  const gathering = new Gathering(root);
  const read = async (split: string): Promise<Item[]> => {
    const ids = (await root.lines(`${base}ImageSets/Main/${split}.txt`)).map((line) => line.trim());
    const lists = (await root.has(`${base}ImageSets/Main/aeroplane_${split}.txt`))
      ? await labelsFromLists(root, base, split)
      : undefined;
    const rows: [string, number[]][] = [];
    for (const id of ids) {
      const labels = lists ? lists.get(id) : await labelsFromXml(root, base, id);
      if (labels === undefined) {
        throw new DatasetError(
          `${root.at(`${base}ImageSets/Main`)}: ${id} is in ${split}.txt but in no class's list`,
        );
      }
      rows.push([`${base}JPEGImages/${id}.jpg`, labels]);
    }
    return gathering.items(rows);
  };
  const splits = { train: await read("train"), val: await read("val"), test: await read("test") };
  return {
    layout: "VOC2007 with ImageSets/Main",
    splitRule: "published: ImageSets/Main train, val and test",
    classes: VOC_CLASSES,
    splits,
    missing: gathering.missing,
  };
};
