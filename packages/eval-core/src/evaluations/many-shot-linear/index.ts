/** Many-shot linear evaluation: logistic regression on frozen features, its weight decay chosen on validation. */
import { type Dataset, trainingSplits } from "../../datasets/index.ts";
import type { EvaluationKind } from "../kind.ts";
import { choice } from "../options.ts";
import { featuresOrigin } from "../origin.ts";
import { probeCost, sweepOperations } from "../probes/cost.ts";
import { recognition } from "../recognition.ts";
import { calibrationMean } from "./calibration-mean.ts";
import { type LinearEvaluationOptions, linearDescription } from "./protocol.ts";

export const manyShotLinear: EvaluationKind<LinearEvaluationOptions, Dataset> = {
  name: "many-shot-linear",
  settings: [{ name: "many-shot-linear", title: "Many-shot, linear" }],
  options: {
    mode: choice("--mode <mode>", ["converged", "paper-exact"], {
      help: "converged, or paper-exact: the authors' solver with its stopping rules",
      otherwise: "converged",
      fingerprint: true,
      example: "paper-exact",
    }),
  },
  data: recognition(["multi-class", "multi-label"]),
  needs: { trains: false, preprocessing: true, seed: false },
  measures: (_, { slug, task, metric }) => [
    { slug: `many-shot-linear/${slug}/${metric}` },
    ...(task === "multi-class"
      ? ["ece", "ece-scaled"].map((name) => ({ slug: `calibration-linear/${slug}/${name}`, companion: true }))
      : []),
  ],
  describe(spec) {
    const { data, options } = spec;
    const splits = { rule: data.origin.splitRule, validation: trainingSplits(data).validationRule };
    return linearDescription(data, options.mode, { ...featuresOrigin(spec), splits });
  },
  cost: probeCost(5, sweepOperations),
  run: async (spec, context) => (await import("./run.ts")).runLinear(spec, context),
  derivations: [
    calibrationMean({
      setting: "calibration-linear",
      of: "many-shot-linear",
      title: "Calibration of the linear classifiers, mean over datasets",
      classifier: ({ mode }) => ({ kind: "linear", name: "many-shot-linear", mode }),
    }),
  ],
  given: {
    layout:
      "train_x.npy, train_y.npy, val_x.npy, val_y.npy, test_x.npy and test_y.npy (samples x features in float32, class numbers)",
    run: async (folder, _, options, context) =>
      (await import("./given.ts")).evaluateGiven(folder, options, context),
  },
};
