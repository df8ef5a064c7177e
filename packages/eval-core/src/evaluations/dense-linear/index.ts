/** Segmentation by batch norm and a 1 x 1 convolution on frozen patches, as DINOv3 trains it; and the same on cached maps. */
import type { Scenes } from "../../datasets/dense/pixel-data.ts";
import { denseOptions } from "../dense/options.ts";
import type { EvaluationKind } from "../kind.ts";
import { text } from "../options.ts";
import { labelledScenes } from "../probes/scenes.ts";
import { ProtocolError } from "../protocol-error.ts";
import { CACHED, type DenseLinearOptions, denseLinearDescription, LIVE } from "./protocol.ts";

const { schedule, steps } = denseOptions("");

export const denseLinear: EvaluationKind<DenseLinearOptions, Scenes> = {
  name: "dense-linear",
  settings: [
    { name: LIVE, title: "Segmentation, linear" },
    { name: CACHED, title: "Segmentation, linear on cached features" },
  ],
  options: {
    schedule,
    steps,
    side: text<number | undefined>("--side <pixels>", {
      help: "side of the training crops and test windows, a multiple of the patch size",
      otherwise: undefined,
      otherwiseInWords: "the schedule's",
      fingerprint: true,
      example: "224",
      parse(given) {
        const number = Number(given);
        if (/^\d+$/.test(given) && Number.isSafeInteger(number) && number >= 16) return number;
        throw new ProtocolError(`--side must be a whole number from 16 up, not '${given}'`);
      },
    }),
  },
  data: labelledScenes,
  needs: { trains: true, preprocessing: false, seed: true },
  measures: (setting, { slug, task }) =>
    task === "segmentation"
      ? ["mean-iou", "pixel-accuracy"].map((metric) => ({ slug: `${setting}/${slug}/${metric}` }))
      : [],
  describe: denseLinearDescription,
  cost: async (spec, context) => (await import("./run.ts")).denseLinearCost(spec, context),
  run: async (spec, context) => (await import("./run.ts")).runDenseLinear(spec, context),
};
