/** Surface normals: PSPNet's head on the frozen backbone, trained to tell which way every pixel of a room faces. */

import { datasetNamed } from "@transferboard/vocabulary";
import { findNyuv2, type Nyuv2, openNyuv2 } from "../../datasets/dense/nyuv2.ts";
import type { DataSource } from "../data.ts";
import { type DenseOptions, denseOptions } from "../dense/options.ts";
import { describeProtocol } from "../evaluation.ts";
import type { EvaluationKind } from "../kind.ts";
import { shippedData } from "../shipped.ts";
import { normalsProtocol, normalsSettings, PUBLISHED } from "./protocol.ts";

/** Where to get each. */
const SOURCES = {
  nyuv2:
    "the fair_self_supervision_benchmark's NYUv2 surface normals: nyuv2_surfacenormal_metadata and the images",
  "nyu-shapes": "ships with the package",
} as const;
const factOf = (name: string) => datasetNamed(name)!;
const folderOf = (name: string, folder: string | undefined) =>
  folder ?? (name === "nyu-shapes" ? shippedData(name) : undefined);

const data: DataSource<Nyuv2, DenseOptions> = {
  names: Object.keys(SOURCES),
  kindOf: (name) => ({ slug: name, task: "surface normals" }),
  titleOf: (name) => factOf(name).title,
  unnamed: (folder) => (folder === undefined ? "nyu-shapes" : "nyuv2"),
  async locate(name, folder) {
    const place = folderOf(name, folder);
    return place === undefined ? undefined : findNyuv2(place);
  },
  expected: (name) => ({
    layout:
      "all_images/*_rgb.jpg and *_SN40.png; surfacenormal_metadata/train_SN40.json, test_SN40.json, vocab40.mat, all_normals.pklz",
    source: SOURCES[name as keyof typeof SOURCES],
  }),
  open: (name, { folder }) => openNyuv2(folderOf(name, folder) ?? ".", name, factOf(name).title),
  facts: ({ name: slug, title, splits: { train, test } }) => ({
    slug,
    title,
    domain: factOf(slug).domain,
    classCount: null,
    sizes: { train: train.length, test: test.length },
  }),
};

const METRICS = ["mean-error", "median-error", "within-11.25", "within-22.5", "within-30"];

export const surfaceNormals: EvaluationKind<DenseOptions, Nyuv2> = {
  name: "surface-normals",
  settings: [{ name: "surface-normals", title: "Surface normals" }],
  options: denseOptions("the normals of every test image, height x width x 3, as a .npy file"),
  data,
  needs: { trains: true, preprocessing: false, seed: true },
  measures: (_, { slug }) => METRICS.map((metric) => ({ slug: `surface-normals/${slug}/${metric}` })),
  describe({ data: { name, origin }, options }) {
    const settings = normalsSettings(options, name);
    const body = { ...normalsProtocol(settings, options.mode), splits: { rule: origin.splitRule } };
    const published = JSON.stringify(settings) === JSON.stringify(PUBLISHED);
    const exact = options.mode === "paper-exact" ? ", paper-exact" : "";
    const title = published ? `Surface normals${exact}` : `Surface normals, ${settings.steps} steps${exact}`;
    return describeProtocol("surface-normals", title, body);
  },
  cost: async (spec, context) => (await import("./run.ts")).normalsCost(spec, context),
  run: async (spec, context) => (await import("./run.ts")).runNormals(spec, context),
};
