/** What the dense probes run on: VOC2012, ADE20K and the drawn scenes that ship. */
import { datasetNamed } from "@transferboard/vocabulary";
import type { Scenes } from "../../datasets/dense/pixel-data.ts";
import {
  findVocSegmentation,
  openVocSegmentation,
  VOC_SCENE_CLASSES,
} from "../../datasets/dense/voc-segmentation.ts";
import type { DataSource } from "../data.ts";
import { scenes } from "../segmentation/index.ts";

const VOC = "voc2012";
const factOf = datasetNamed(VOC)!;

export const labelledScenes: DataSource<Scenes, unknown> = {
  ...scenes,
  names: [VOC, ...scenes.names],
  kindOf: (name) =>
    name === VOC
      ? { slug: name, task: "segmentation", classCount: VOC_SCENE_CLASSES.length }
      : scenes.kindOf(name),
  titleOf: (name) => (name === VOC ? factOf.title : scenes.titleOf(name)),
  async locate(name, folder, options) {
    if (name !== VOC) return scenes.locate(name, folder, options);
    return folder === undefined ? undefined : findVocSegmentation(folder);
  },
  expected: (name) =>
    name === VOC
      ? {
          layout:
            "VOCdevkit/VOC2012 with JPEGImages, SegmentationClass and ImageSets/Segmentation; SegmentationClassAug with trainaug.txt for the 10,582 training images",
          source: "PASCAL VOC2012, and the extra annotations of the Semantic Boundaries Dataset",
        }
      : scenes.expected(name),
  open(name, place, options) {
    if (name !== VOC) return scenes.open(name, place, options);
    const { folder = ".", allowPartial } = place;
    return openVocSegmentation(folder, name, factOf.title, { allowPartial });
  },
  facts(data, name) {
    const { splits, classes } = data;
    if (name !== VOC) return scenes.facts(data, name);
    const sizes = { train: splits.train.length, test: splits.test.length };
    return { slug: name, title: data.title, domain: factOf.domain, classCount: classes.length, sizes };
  },
};
