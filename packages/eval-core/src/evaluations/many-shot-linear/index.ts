/**
 * The many-shot linear evaluation from arrays to values and record, its classifier's calibration beside it:
 * both come from one fit, each has its own protocol.
 */
import type { DeviceChoice } from "../../runtime/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { LinearArrays } from "../evaluate-arrays.ts";
import {
  describeProtocol,
  type Evaluation,
  type MeasuredValue,
  type ProtocolDescription,
} from "../evaluation.ts";
import { CALIBRATION_LINEAR, calibrateLinear } from "./calibration.ts";
import { fitLinear } from "./evaluate.ts";
import { linearProtocol } from "./protocol.ts";
import type { LinearMode, LinearProgress, LinearRecord } from "./record.ts";
import { scoresOf } from "./score.ts";
import { type SweepFile, sweepFile } from "./sweep-file.ts";

export interface LinearEvaluationOptions {
  /** The dataset's slug. */
  readonly dataset: string;
  readonly mode: LinearMode;
  readonly protocol: ProtocolDescription;
  readonly device: DeviceChoice;
  /** Keeps finished values of the sweep, so that an interrupted one goes on. */
  readonly stateFile?: string;
  /** For calibration: a permutation of the test images, cut into the folds; drawn from seed 0 unless given. */
  readonly foldOrder?: ArrayLike<number>;
  readonly onProgress?: (progress: LinearProgress) => void;
  readonly signal?: AbortSignal;
}

/** @param origin what else made the features and splits: preprocessing, rules; part of the fingerprint */
export function linearDescription(
  { task, metric }: Pick<LinearArrays, "task" | "metric">,
  mode: LinearMode,
  origin: Readonly<Record<string, unknown>>,
): ProtocolDescription {
  const body = { ...linearProtocol(task, metric, mode), ...origin };
  return describeProtocol("many-shot-linear", `Many-shot linear, ${mode}`, body);
}

/** The calibration of what `classifier` describes. */
export function linearCalibrationDescription(
  mode: LinearMode,
  classifier: ProtocolDescription,
): ProtocolDescription {
  return describeProtocol("calibration-linear", `Calibration of the linear classifier, ${mode}`, {
    ...CALIBRATION_LINEAR,
    classifierProtocol: classifier.body,
  });
}

/** A sweep's progress as counts, and the refit's as a note beside the full count: how long it takes is not known. */
export function linearTeller(
  tell: (done: number, total: number, note?: string) => void,
): (progress: LinearProgress) => void {
  let values = 0;
  return ({ phase, done, total, iterations }) => {
    if (phase === "sweep") {
      values = total;
      tell(done, total);
    } else if (phase === "refit" && iterations !== undefined) {
      tell(values, values, `fitting train and validation together, iteration ${iterations}`);
    }
  };
}

export async function evaluateLinear(
  arrays: LinearArrays,
  options: LinearEvaluationOptions,
): Promise<Evaluation & { readonly testLogits: Tensor<"float64"> }> {
  const { dataset, protocol, mode, device, onProgress, signal } = options;
  const file: SweepFile | undefined =
    options.stateFile === undefined ? undefined : sweepFile(options.stateFile);
  const found = await fitLinear({
    ...arrays,
    mode,
    device,
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
    ...(file ? { checkpoint: file.checkpoint } : {}),
  });
  file?.remove();
  const { sweep, chosen, refit, test, testLogits, warnings } = found;
  const main: MeasuredValue = {
    measure: `many-shot-linear/${dataset}/${arrays.metric}`,
    value: test.score,
    interval: test.interval,
    n: test.n,
    protocol,
  };
  const calibration = arrays.task === "multi-class" ? calibrated(found, options) : undefined;
  return {
    protocol,
    values: [main, ...(calibration?.values ?? [])],
    record: {
      sizes: { train: arrays.train.x.shape[0], val: arrays.val.x.shape[0], test: test.n },
      features: arrays.train.x.shape[1],
      classes: arrays.classes,
      sweep,
      chosen,
      refit,
      scores: allScores(found, arrays),
      calibration: calibration?.record ?? null,
    },
    warnings,
    testLogits,
  };
}

/** Every score that the task has, with its interval. */
function allScores({ testLogits, testLabels }: LinearRecord, { task, classes }: LinearArrays) {
  const labels = Int32Array.from(testLabels.data, Number);
  const scores = scoresOf(task, testLogits.data, labels, classes);
  return Object.fromEntries(Object.entries(scores).filter(([, score]) => score !== null));
}

function calibrated({ testLogits, testLabels }: LinearRecord, options: LinearEvaluationOptions) {
  const { dataset, protocol: classifier, mode, foldOrder } = options;
  const n = testLogits.shape[0]!;
  // Fewer images than folds cannot be calibrated; the probe's own score stands.
  if (n < CALIBRATION_LINEAR.scaling.folds) return undefined;
  const { protocol: _, ...record } = calibrateLinear({
    logits: testLogits,
    labels: Int32Array.from(testLabels.data, Number),
    ...(foldOrder ? { order: foldOrder } : {}),
  });
  const protocol = linearCalibrationDescription(mode, classifier);
  const value = (metric: string, found: number): MeasuredValue => ({
    measure: `calibration-linear/${dataset}/${metric}`,
    value: found,
    interval: null,
    n,
    protocol,
  });
  return { record, values: [value("ece", record.ece), value("ece-scaled", record.eceScaled)] };
}
