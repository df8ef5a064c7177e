/** Many-shot fine-tuning: the whole network trained on each dataset, its hyperparameters chosen on validation. */
import { type Dataset, trainingSplits } from "../../datasets/index.ts";
import type { Preprocessing } from "../../images/index.ts";
import { describeProtocol, type JsonRecord, type ProtocolDescription } from "../evaluation.ts";
import { countImages } from "../features-cost.ts";
import type { EvaluationKind } from "../kind.ts";
import { calibrationMean } from "../many-shot-linear/calibration-mean.ts";
import { text, wholeNumber } from "../options.ts";
import { imagesOrigin } from "../origin.ts";
import { recognition } from "../recognition.ts";
import {
  configurations,
  type FinetuneSettings,
  finetuneProtocol,
  gridInProtocol,
  gridNamed,
  inWords,
  PAPER_SETTINGS,
} from "./protocol.ts";

/** @param origin what else made the images and splits: part of the fingerprint */
export function finetuneDescription(
  { task, metric }: Pick<Dataset, "task" | "metric">,
  settings: FinetuneSettings,
  preprocessing: Preprocessing,
  origin: JsonRecord,
): ProtocolDescription {
  const body = { ...finetuneProtocol(task, metric, settings, preprocessing), ...origin };
  const paper = JSON.stringify(settings) === JSON.stringify(PAPER_SETTINGS);
  const title = paper
    ? "Many-shot fine-tuned"
    : `Many-shot fine-tuned, ${settings.steps} steps of ${settings.batch}`;
  return describeProtocol("many-shot-finetune", title, body);
}

export const manyShotFinetune: EvaluationKind<FinetuneSettings, Dataset> = {
  name: "many-shot-finetune",
  settings: [{ name: "many-shot-finetune", title: "Many-shot, fine-tuned" }],
  options: {
    steps: wholeNumber("--steps <number>", 1, {
      help: "steps of each training run",
      otherwise: PAPER_SETTINGS.steps,
      fingerprint: true,
      example: "500",
    }),
    batch: wholeNumber("--batch <number>", 2, {
      help: "images per training step",
      otherwise: PAPER_SETTINGS.batch,
      fingerprint: true,
      example: "32",
    }),
    grid: text("--grid <rates/decays/augmentations>", {
      help: "hyperparameters to try, such as 0.01,0.1/0,1e-4/centre-crop",
      otherwise: PAPER_SETTINGS.grid,
      otherwiseInWords: "the paper's 40",
      fingerprint: true,
      example: "0.01,0.1/0,1e-4/centre-crop",
      parse: gridNamed,
    }),
  },
  data: recognition(["multi-class", "multi-label"]),
  needs: { trains: true, preprocessing: true, seed: true },
  measures: (_, { slug, task, metric }) => [
    { slug: `many-shot-finetune/${slug}/${metric}` },
    ...(task === "multi-class"
      ? ["ece", "ece-scaled"].map((name) => ({
          slug: `calibration-finetune/${slug}/${name}`,
          companion: true,
        }))
      : []),
  ],
  describe(spec) {
    const { data, options, preprocessing } = spec;
    const splits = { rule: data.origin.splitRule, validation: trainingSplits(data).validationRule };
    return finetuneDescription(data, options, preprocessing, { ...imagesOrigin(spec), splits });
  },
  // Over every configuration of the grid, and the refit.
  async cost({ data, options: { steps, batch, grid }, preprocessing: { crop } }, { checkpoint }) {
    // Whether somebody else's graph can be trained at all is told before anything is trained.
    if (checkpoint.graph !== undefined) {
      const { requireTrainable } = await import("../../training/model.ts");
      requireTrainable(checkpoint, { batch, size: [crop, crop] });
    }
    return {
      images: countImages(data),
      toTrain: (configurations(grid).length + 1) * steps * batch,
    };
  },
  run: async (spec, context) => (await import("./run.ts")).runFinetune(spec, context),
  division: {
    parts: ({ grid }) => configurations(grid).map(inWords),
    run: async (spec, context, part) => (await import("./run.ts")).runConfiguration(spec, context, part),
  },
  derivations: [
    calibrationMean({
      setting: "calibration-finetune",
      of: "many-shot-finetune",
      title: "Calibration of the fine-tuned networks, mean over datasets",
      classifier: ({ steps, batch, grid }) => ({
        evaluation: "many-shot-finetune",
        steps,
        batch,
        grid: gridInProtocol(grid),
      }),
    }),
  ],
};
