/** Reconstruction: what of an image can be found again in a backbone's features, and what of its colour is lost. */
import type { EvaluationKind } from "../kind.ts";
import { path, wholeNumber } from "../options.ts";
import type { PictureData } from "../pictures/data.ts";
import { pictureOptions, pictureSource } from "../pictures/source.ts";
import { ITERATIONS, isReduced, type ReconstructionOptions, reconstructionDescription } from "./protocol.ts";
import { SCORES } from "./scores.ts";

/** Of an iteration at full width with a ResNet-50 on two cores, reckoned from what docs/performance.md measured. */
const SECONDS_AN_ITERATION = 0.9;

export const reconstruction: EvaluationKind<ReconstructionOptions, PictureData> = {
  name: "reconstruction",
  settings: [{ name: "reconstruction", title: "Reconstruction from features" }],
  options: {
    ...pictureOptions,
    iterations: wholeNumber("--iterations <n>", 1, {
      help: "optimisation steps per picture; the paper has 3000",
      otherwise: ITERATIONS,
      fingerprint: true,
      example: "200",
    }),
    lpipsWeights: path<string | undefined>("--lpips-weights <dir>", "folder", {
      help: "folder of torchvision's AlexNet, VGG16 and SqueezeNet, and of LPIPS's learned weights",
      otherwise: undefined,
      fingerprint: false,
      parse: (folder) => folder,
    }),
  },
  data: pictureSource(isReduced),
  needs: { trains: true, preprocessing: false, seed: true },
  measures: (setting, { slug }) => SCORES.map((score) => ({ slug: `${setting}/${slug}/${score}` })),
  describe: reconstructionDescription,
  async cost({ data, options: { iterations } }) {
    return {
      images: data.count,
      seconds: data.count * iterations * SECONDS_AN_ITERATION,
      note: "reckoned for a ResNet-50 on two CPU cores; a graphics card takes some 20 ms an iteration",
    };
  },
  run: async (spec, context) => (await import("./run.ts")).runReconstruction(spec, context),
};
