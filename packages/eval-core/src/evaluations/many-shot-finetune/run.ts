/**
 * The fine-tuned evaluation as values and record, its classifier's calibration beside it: both come from one run,
 * each has its own protocol.
 */
import type { Dataset } from "../../datasets/index.ts";
import type { Companion, ProtocolDescription, Result, RunResult } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import { CALIBRATION_LINEAR, calibrateLinear } from "../many-shot-linear/calibration.ts";
import { finetuneCalibrationDescription } from "../many-shot-linear/calibration-protocol.ts";
import { calibrationValues } from "../many-shot-linear/run.ts";
import { testPredictions } from "../predictions.ts";
import { type FinetuneOptions, finetune } from "./evaluate.ts";
import { finetuneTeller } from "./progress.ts";
import type { FinetuneSettings } from "./protocol.ts";
import type { FinetuneRecord } from "./record.ts";

export async function runFinetune(
  { data, options, preprocessing, seed, setting }: Spec<FinetuneSettings, Dataset>,
  { checkpoint, protocol, device, threads, work, progress, signal }: RunContext,
): Promise<RunResult> {
  const step = progress.step(setting);
  const result = await evaluateFinetune(
    {
      checkpoint,
      dataset: data,
      protocol: options,
      preprocessing,
      seed,
      device,
      ...(threads === undefined ? {} : { threads }),
      ...(work === undefined ? {} : { workDir: work }),
      onProgress: finetuneTeller(progress, step),
      signal,
    },
    protocol,
  );
  step.end("done");
  return result;
}

export async function evaluateFinetune(
  options: FinetuneOptions,
  protocol: ProtocolDescription,
): Promise<Required<Result> & Pick<RunResult, "predictions">> {
  const { dataset } = options;
  const found = await finetune(options);
  const { test, testLogits, testLabels: _, warnings, ...record } = found;
  const measure = `many-shot-finetune/${dataset.name}/${dataset.metric}`;
  const calibration = dataset.task === "multi-class" ? calibrated(found, dataset.name, protocol) : undefined;
  return {
    values: [
      {
        measure,
        value: test.score,
        interval: test.interval,
        n: test.n,
      },
    ],
    record: { ...record, test, calibration: calibration?.record ?? null },
    warnings,
    companions: calibration ? [calibration] : [],
    predictions: testPredictions(dataset, () => true, testLogits.data, [measure]),
  };
}

function calibrated(
  { testLogits, testLabels }: FinetuneRecord,
  dataset: string,
  classifier: ProtocolDescription,
): Companion | undefined {
  const n = testLabels.length;
  // Fewer images than folds cannot be calibrated; the network's own score stands.
  if (n < CALIBRATION_LINEAR.scaling.folds) return undefined;
  const { protocol: _, ...record } = calibrateLinear({
    logits: { shape: testLogits.shape, data: testLogits.data },
    labels: testLabels,
  });
  return {
    protocol: finetuneCalibrationDescription(classifier),
    record: { ...record },
    values: calibrationValues("calibration-finetune", dataset, record, n),
  };
}
