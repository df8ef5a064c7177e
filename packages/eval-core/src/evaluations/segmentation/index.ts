/** Segmentation: UPerNet on the whole backbone, trained on ADE20K's scenes, every pixel of the validation images labelled. */

import { datasetNamed } from "@transferboard/vocabulary";
import { ADE_CLASSES, type Ade20k, findAde20k, openAde20k } from "../../datasets/dense/ade20k.ts";
import type { DataSource } from "../data.ts";
import { type DenseOptions, denseOptions } from "../dense/options.ts";
import { describeProtocol } from "../evaluation.ts";
import type { EvaluationKind } from "../kind.ts";
import { shippedData } from "../shipped.ts";
import { PUBLISHED, segmentationProtocol, segmentationSettings } from "./protocol.ts";

/** Where to get each. */
const SOURCES = {
  ade20k: "ADE20K's scene parsing benchmark, ADEChallengeData2016, from MIT",
  "ade-shapes": "ships with the package",
} as const;
const factOf = (name: string) => datasetNamed(name)!;
const folderOf = (name: string, folder: string | undefined) =>
  folder ?? (name === "ade-shapes" ? shippedData(name) : undefined);

/** ADE20K, and the drawn scenes that ship. */
export const scenes: DataSource<Ade20k, unknown> = {
  names: Object.keys(SOURCES),
  kindOf: (name) => ({ slug: name, task: "segmentation", classCount: ADE_CLASSES }),
  titleOf: (name) => factOf(name).title,
  unnamed: (folder) => (folder === undefined ? "ade-shapes" : "ade20k"),
  async locate(name, folder) {
    const place = folderOf(name, folder);
    return place === undefined ? undefined : findAde20k(place);
  },
  expected: (name) => ({
    layout: "ADEChallengeData2016/images and /annotations, with training and validation in each",
    source: SOURCES[name as keyof typeof SOURCES],
  }),
  open: (name, { folder }) => openAde20k(folderOf(name, folder) ?? ".", name, factOf(name).title),
  facts: ({ name: slug, title, splits: { train, test } }) => ({
    slug,
    title,
    domain: factOf(slug).domain,
    classCount: factOf(slug).classes,
    sizes: { train: train.length, test: test.length },
  }),
};

export const segmentation: EvaluationKind<DenseOptions, Ade20k> = {
  name: "segmentation",
  settings: [{ name: "segmentation", title: "Semantic segmentation" }],
  options: denseOptions("the label map of every test image as a PNG file, levels as the dataset's"),
  data: scenes,
  needs: { trains: true, preprocessing: false, seed: true },
  measures: (_, { slug }) =>
    ["mean-iou", "pixel-accuracy"].map((metric) => ({ slug: `segmentation/${slug}/${metric}` })),
  describe({ data: { name, origin }, options }) {
    const settings = segmentationSettings(options, name);
    const body = { ...segmentationProtocol(settings, options.mode), splits: { rule: origin.splitRule } };
    const published = JSON.stringify(settings) === JSON.stringify(PUBLISHED);
    const exact = options.mode === "paper-exact" ? ", paper-exact" : "";
    const title = published ? `Segmentation${exact}` : `Segmentation, ${settings.steps} steps${exact}`;
    return describeProtocol("segmentation", title, body);
  },
  cost: async (spec, context) => (await import("./run.ts")).segmentationCost(spec, context),
  run: async (spec, context) => (await import("./run.ts")).runSegmentation(spec, context),
};
