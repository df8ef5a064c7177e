/** The datasets that detection runs on: VOC07+12 where there is a copy, and drawn shapes that ship. */
import { join } from "node:path";
import { datasetNamed } from "@transferboard/vocabulary";
import {
  findVocDetection,
  openVocDetection,
  VOC_CLASS_COUNT,
  type VocDetectionData,
} from "../../datasets/dense/voc-detection.ts";
import { DatasetError, SHIPPED_DATA } from "../../datasets/index.ts";
import type { DataSource } from "../data.ts";

/** Where a copy comes from. */
const SOURCES = {
  voc2007: "PASCAL VOC challenge: trainval of 2007 and 2012, test of 2007",
  "voc-shapes": "ships with transferboard",
} as const;
type Name = keyof typeof SOURCES;
const SHIPS: Name = "voc-shapes";

const LAYOUT =
  "VOCdevkit/VOC2007 (trainval and test) and VOCdevkit/VOC2012 (trainval), each with Annotations, ImageSets/Main and JPEGImages";

function entryOf(name: string) {
  const known = datasetNamed(name);
  if (known && Object.hasOwn(SOURCES, name))
    return { ...known, source: SOURCES[name as Name], ships: name === SHIPS };
  throw new DatasetError(`unknown detection dataset "${name}": known are ${Object.keys(SOURCES).join(", ")}`);
}

async function locate(name: string, folder: string | undefined): Promise<string | undefined> {
  const { ships } = entryOf(name);
  const shipped = ships ? await findVocDetection(join(SHIPPED_DATA, name)) : undefined;
  if (folder === undefined) return shipped;
  return (await findVocDetection(join(folder, name))) ?? (await findVocDetection(folder)) ?? shipped;
}

export const detectionData: DataSource<VocDetectionData, unknown> = {
  names: Object.keys(SOURCES),
  kindOf: (name) => {
    entryOf(name);
    return { slug: name, task: "detection", classCount: VOC_CLASS_COUNT };
  },
  titleOf: (name) => entryOf(name).title,
  unnamed: () => undefined,
  locate,
  expected: (name) => ({ layout: LAYOUT, source: entryOf(name).source }),
  async open(name, { folder, allowPartial }) {
    const { title, source } = entryOf(name);
    const root = await locate(name, folder);
    if (root === undefined)
      throw new DatasetError(
        folder === undefined
          ? `${title} needs a folder: say where its files are (${source})`
          : `${title} is not in ${folder}: expected ${LAYOUT} (${source})`,
      );
    return openVocDetection(root, name, title, { allowPartial });
  },
  facts: ({ name, title, classes, splits }) => ({
    slug: name,
    title,
    domain: entryOf(name).domain,
    // Of the drawings only three of VOC's classes have objects.
    classCount: entryOf(name).classes ?? classes.length,
    // VOC2007 is a recognition dataset too, of other splits.
    ...(name === "voc2007" ? {} : { sizes: { train: splits.train.length, test: splits.test.length } }),
  }),
};
