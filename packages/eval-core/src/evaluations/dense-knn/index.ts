/** Segmentation without training: each patch takes the labels of its nearest patches in a memory bank. */
import type { Scenes } from "../../datasets/dense/pixel-data.ts";
import type { EvaluationKind } from "../kind.ts";
import { choice, wholeNumber } from "../options.ts";
import { labelledScenes } from "../probes/scenes.ts";
import { type DenseKnnOptions, denseKnnDescription } from "./protocol.ts";

export const denseKnn: EvaluationKind<DenseKnnOptions, Scenes> = {
  name: "dense-knn",
  settings: [{ name: "dense-knn", title: "Dense nearest neighbours" }],
  options: {
    memory: wholeNumber("--memory <rows>", 1, {
      help: "largest number of patches in the memory bank, equally many of each picture",
      otherwise: 102_400,
      fingerprint: true,
      example: "10240",
    }),
    side: wholeNumber("--side <pixels>", 16, {
      help: "pictures are resized to a square of this side, a multiple of the patch size",
      otherwise: 224,
      fingerprint: true,
      example: "448",
    }),
    void: choice("--void <rule>", ["class-0", "left-out"], {
      help: "unlabelled pixels in the memory bank: as class 0, as published, or left out",
      otherwise: "class-0",
      fingerprint: true,
      example: "left-out",
    }),
  },
  data: labelledScenes,
  needs: { trains: false, preprocessing: false, seed: true },
  measures: (setting, { slug, task }) =>
    task === "segmentation"
      ? ["mean-iou", "mean-iou-open-hummingbird", "pixel-accuracy"].map((metric) => ({
          slug: `${setting}/${slug}/${metric}`,
        }))
      : [],
  describe: denseKnnDescription,
  cost: async (spec, context) => (await import("./run.ts")).denseKnnCost(spec, context),
  run: async (spec, context) => (await import("./run.ts")).runDenseKnn(spec, context),
};
