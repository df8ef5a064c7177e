/** Invariance: how little a backbone's features change when its images are transformed. */
import type { EvaluationKind } from "../kind.ts";
import type { PictureData, PictureOptions } from "../pictures/data.ts";
import { pictureOptions, pictureSource } from "../pictures/source.ts";
import { invarianceDescription } from "./protocol.ts";
import { TRANSFORMATIONS } from "./transformations.ts";

/** Copies of a picture, and the picture itself. */
const PASSES = TRANSFORMATIONS.reduce((sum, { values }) => sum + values.length, 1);

export const invariance: EvaluationKind<PictureOptions, PictureData> = {
  name: "invariance",
  settings: [{ name: "invariance", title: "Invariance to transformations" }],
  options: pictureOptions,
  data: pictureSource(() => false),
  needs: { trains: true, preprocessing: false, seed: true },
  measures: (setting, { slug }) =>
    TRANSFORMATIONS.map(({ name }) => ({ slug: `${setting}/${slug}/${name}` })),
  describe: invarianceDescription,
  async cost({ data }) {
    return { images: data.count, toExtract: data.count * PASSES, note: `${PASSES} passes a picture` };
  },
  run: async (spec, context) => (await import("./run.ts")).runInvariance(spec, context),
};
