/** Object detection: Faster R-CNN with a pyramid, the backbone frozen up to layer3 or fine-tuned. */
import type { VocDetectionData } from "../../datasets/dense/voc-detection.ts";
import { describeProtocol } from "../evaluation.ts";
import type { EvaluationKind } from "../kind.ts";
import { choice, path, text } from "../options.ts";
import { ProtocolError } from "../protocol-error.ts";
import { detectionData } from "./data.ts";
import { detectionProtocol } from "./protocol.ts";
import {
  type DetectionAsked,
  type DetectionSetting,
  MODES,
  PUBLISHED,
  SHORTENED,
  scheduleOf,
} from "./settings.ts";

function parseSteps(given: string): number {
  const steps = Number(given);
  if (/^\d+$/.test(given) && Number.isSafeInteger(steps) && steps >= 1) return steps;
  throw new ProtocolError(`--steps must be a whole number from 1 up, not '${given}'`);
}

export const detection: EvaluationKind<DetectionAsked, VocDetectionData> = {
  name: "detection",
  settings: [
    { name: "detection-frozen", title: "Detection, frozen backbone" },
    { name: "detection-finetune", title: "Detection, fine-tuned" },
  ],
  options: {
    mode: choice("--mode <mode>", MODES, {
      help: "default, or paper-exact: the authors' code wherever it differs",
      otherwise: "default",
      fingerprint: true,
      example: "paper-exact",
    }),
    steps: text("--steps <number>", {
      help: "steps of the training, warm-up and decays with them",
      otherwise: undefined,
      otherwiseInWords: `the dataset's own, ${PUBLISHED.steps} as published, ${SHORTENED.steps} for drawn shapes`,
      fingerprint: true,
      example: "1200",
      parse: parseSteps,
    }),
    predictions: path("--predictions <folder>", "folder", {
      help: "write what is predicted on the test split here",
      otherwise: undefined,
      otherwiseInWords: "nowhere",
      fingerprint: false,
      parse: (folder) => folder,
    }),
  },
  data: detectionData,
  needs: { trains: true, preprocessing: false, seed: true },
  measures: (setting, { slug }) =>
    ["ap50", "ap", "ap75"].map((metric) => ({ slug: `${setting}/${slug}/${metric}` })),
  describe({ setting, data, options }) {
    const schedule = scheduleOf(data.name, options);
    const body = {
      ...detectionProtocol(setting as DetectionSetting, schedule, options.mode, data.classes.length),
      splits: data.origin.splitRule,
      ...(data.origin.missing.length > 0 ? { partial: data.origin.missing } : {}),
    };
    const how = setting === "detection-frozen" ? "frozen up to layer3" : "fine-tuned";
    const exact = options.mode === "paper-exact" ? ", paper-exact" : "";
    return describeProtocol(setting, `Detection, ${how}, ${schedule.steps} steps${exact}`, body);
  },
  cost: async (spec, context) => (await import("./cost.ts")).detectionCost(spec, context),
  run: async (spec, context) => (await import("./run.ts")).runDetection(spec, context),
};
