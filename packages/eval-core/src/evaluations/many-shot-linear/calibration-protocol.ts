/** What makes two calibration errors comparable. */
import { createHash } from "node:crypto";
import { describeProtocol, type ProtocolDescription } from "../evaluation.ts";
import type { LinearMode } from "./record.ts";

/** `fingerprint(CALIBRATION_LINEAR)` names it. */
export const CALIBRATION_LINEAR = {
  evaluation: "calibration-linear",
  version: 1,
  classifier: "many-shot-linear",
  metric: "expected calibration error of the top probability",
  bins: { count: 15, width: "equal", edges: "open below, closed above" },
  scaling: {
    method: "one temperature of least negative log likelihood",
    fittedOn: "one fold of test",
    scoredOn: "the other folds of test",
    folds: 5,
    foldOrder: "a permutation of the test images, cut into nearly equal runs",
    reported: "mean over folds",
  },
} as const;

/** The calibration of the linear classifiers that `classifier` describes. */
export function linearCalibrationDescription(
  mode: LinearMode,
  classifier: ProtocolDescription,
  foldOrder?: ArrayLike<number>,
): ProtocolDescription {
  return describeProtocol("calibration-linear", `Calibration of the linear classifier, ${mode}`, {
    ...CALIBRATION_LINEAR,
    // Another order of the folds is another calibration: what decides a number is in its fingerprint.
    ...(foldOrder ? { foldOrderSha256: sha256(Array.from(foldOrder).join(",")) } : {}),
    classifierProtocol: classifier.body,
  });
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** The calibration of the fine-tuned networks that `classifier` describes. */
export function finetuneCalibrationDescription(classifier: ProtocolDescription): ProtocolDescription {
  return describeProtocol("calibration-finetune", "Calibration of the fine-tuned network", {
    ...CALIBRATION_LINEAR,
    evaluation: "calibration-finetune",
    classifier: "many-shot-finetune",
    classifierProtocol: classifier.body,
  });
}
