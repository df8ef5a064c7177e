/**
 * The many-shot linear evaluation from arrays to values and record, its classifier's calibration beside it:
 * both come from one fit, each has its own protocol.
 */
import type { Dataset, Item } from "../../datasets/index.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { type LinearArrays, linearArrays } from "../arrays/evaluate.ts";
import type { Companion, ProtocolDescription, Result, RunResult, Value } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import { testPredictions } from "../predictions.ts";
import { stateFile } from "../probes/state-file.ts";
import { CALIBRATION_LINEAR, calibrateLinear } from "./calibration.ts";
import { linearCalibrationDescription } from "./calibration-protocol.ts";
import { fitLinear } from "./evaluate.ts";
import type { LinearEvaluationOptions } from "./protocol.ts";
import type { LinearMode, LinearOptions, LinearProgress, LinearRecord, LinearState } from "./record.ts";
import { scoresOf } from "./score.ts";
import { untrainedClasses } from "./untrained.ts";

export async function runLinear(
  { data, options, setting }: Spec<LinearEvaluationOptions, Dataset>,
  context: RunContext,
): Promise<RunResult> {
  const { protocol, device, signal, progress } = context;
  const features = await context.features();
  const step = progress.step(setting);
  const { testLogits, ...result } = await evaluateLinear(linearArrays(data, features), {
    dataset: data.name,
    mode: options.mode,
    protocol,
    device,
    checkpoint: stateFile<LinearState>(context, "sweep"),
    onProgress: linearTeller((done, total, note) => step.update(done, total, note)),
    signal,
  });
  step.end("done");
  const present = (item: Item) => features.rowOf.has(item);
  const measures = result.values.map(({ measure }) => measure);
  return {
    ...result,
    record: { ...result.record, unreadable: features.unreadable },
    predictions: testPredictions(data, present, testLogits.data, measures),
  };
}

export interface EvaluateLinearOptions {
  /** The dataset's slug. */
  readonly dataset: string;
  readonly mode: LinearMode;
  readonly protocol: ProtocolDescription;
  readonly device: DeviceChoice;
  /** Keeps finished values of the sweep, so that an interrupted one goes on. */
  readonly checkpoint?: LinearOptions["checkpoint"];
  /** For calibration: a permutation of the test images, cut into the folds; drawn from seed 0 unless given. */
  readonly foldOrder?: ArrayLike<number>;
  readonly onProgress?: (progress: LinearProgress) => void;
  readonly signal?: AbortSignal;
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
  options: EvaluateLinearOptions,
): Promise<Required<Result> & { readonly testLogits: Tensor<"float64"> }> {
  const { dataset, mode, device, onProgress, signal, checkpoint } = options;
  const found = await fitLinear({
    ...arrays,
    mode,
    device,
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
    ...(checkpoint ? { checkpoint } : {}),
  });
  const { sweep, chosen, refit, test, testLogits, warnings } = found;
  const calibration = arrays.task === "multi-class" ? calibrated(found, options) : undefined;
  return {
    values: [
      {
        measure: `many-shot-linear/${dataset}/${arrays.metric}`,
        value: test.score,
        interval: test.interval,
        n: test.n,
      },
    ],
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
    warnings: [...untrainedClasses(arrays), ...warnings],
    companions: calibration ? [calibration] : [],
    testLogits,
  };
}

/** Every score that the task has, with its interval. */
function allScores({ testLogits, testLabels }: LinearRecord, { task, classes }: LinearArrays) {
  const labels = Int32Array.from(testLabels.data, Number);
  const scores = scoresOf(task, testLogits.data, labels, classes);
  return Object.fromEntries(Object.entries(scores).filter(([, score]) => score !== null));
}

function calibrated(
  { testLogits, testLabels }: LinearRecord,
  options: EvaluateLinearOptions,
): Companion | undefined {
  const { dataset, protocol: classifier, mode, foldOrder } = options;
  const n = testLogits.shape[0]!;
  // Fewer images than folds cannot be calibrated; the probe's own score stands.
  if (n < CALIBRATION_LINEAR.scaling.folds) return undefined;
  const { protocol: _, ...record } = calibrateLinear({
    logits: testLogits,
    labels: Int32Array.from(testLabels.data, Number),
    ...(foldOrder ? { order: foldOrder } : {}),
  });
  return {
    protocol: linearCalibrationDescription(mode, classifier, foldOrder),
    record: { ...record },
    values: calibrationValues("calibration-linear", dataset, record, n),
  };
}

/** Both errors of a calibration, before and after temperature scaling. */
export function calibrationValues(
  setting: string,
  dataset: string,
  { ece, eceScaled }: { readonly ece: number; readonly eceScaled: number },
  n: number,
): Value[] {
  return Object.entries({ ece, "ece-scaled": eceScaled }).map(([metric, value]) => ({
    measure: `${setting}/${dataset}/${metric}`,
    value,
    interval: null,
    n,
  }));
}
