/** Object detection: Faster R-CNN with a pyramid, the backbone frozen up to layer3 or fine-tuned. */
import type { VocDetectionData } from "../../datasets/dense/voc-detection.ts";
import { type DenseOptions, denseOptions } from "../dense/options.ts";
import { describeProtocol } from "../evaluation.ts";
import type { EvaluationKind } from "../kind.ts";
import { detectionData } from "./data.ts";
import { detectionProtocol } from "./protocol.ts";
import { type DetectionSetting, detectionSchedule } from "./settings.ts";

export const detection: EvaluationKind<DenseOptions, VocDetectionData> = {
  name: "detection",
  settings: [
    { name: "detection-frozen", title: "Detection, frozen backbone" },
    { name: "detection-finetune", title: "Detection, fine-tuned" },
  ],
  options: denseOptions("the detections of the test split, a text file a class in VOC's format"),
  data: detectionData,
  needs: { trains: true, preprocessing: false, seed: true },
  measures: (setting, { slug }) =>
    ["ap50", "ap", "ap75"].map((metric) => ({ slug: `${setting}/${slug}/${metric}` })),
  describe({ setting, data, options }) {
    const schedule = detectionSchedule(options, data.name);
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
