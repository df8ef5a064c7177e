/** Numbers of the features alone that are said to predict transfer; no probe is trained. */
import type { Dataset } from "../../datasets/index.ts";
import type { EvaluationKind } from "../kind.ts";
import { choice } from "../options.ts";
import { probeCost } from "../probes/cost.ts";
import { recognition } from "../recognition.ts";
import { type PredictorOptions, predictorDescription } from "./protocol.ts";

export const PREDICTORS = [
  "rankme",
  "logme",
  "alpha-req",
  "nesum",
  "stable-rank",
  "norm-mean",
  "norm-cv",
] as const;

export const predictors: EvaluationKind<PredictorOptions, Dataset> = {
  name: "predictors",
  settings: [{ name: "predictor", title: "Predictors from features" }],
  options: {
    rows: choice("--rows <which>", ["all", "sample"], {
      help: "all training images, or a sample of 25,600 drawn by the seed",
      otherwise: "all",
      fingerprint: true,
      example: "sample",
    }),
    logme: choice("--logme <version>", ["full", "repository", "icml"], {
      help: "formula of LogME: full, or as in the authors' code or first paper",
      otherwise: "full",
      fingerprint: true,
      example: "icml",
    }),
  },
  data: recognition(["multi-class", "multi-label"]),
  needs: { trains: false, preprocessing: true, seed: true },
  measures: (setting, { slug }) => PREDICTORS.map((name) => ({ slug: `${setting}/${slug}/${name}` })),
  describe: predictorDescription,
  cost: probeCost(
    1,
    ({ train, features }) => 4 * train * features ** 2 + 40 * Math.min(train, features) ** 3,
  ),
  run: async (spec, context) => (await import("./run.ts")).runPredictors(spec, context),
};
