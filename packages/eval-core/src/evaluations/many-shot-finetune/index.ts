/**
 * The fine-tuned evaluation as values and record, its classifier's calibration beside it: both come from one run,
 * each has its own protocol.
 */
import type { Dataset } from "../../datasets/index.ts";
import type { Preprocessing } from "../../images/index.ts";
import {
  describeProtocol,
  type Evaluation,
  type MeasuredValue,
  type ProtocolDescription,
} from "../evaluation.ts";
import { CALIBRATION_LINEAR, calibrateLinear } from "../many-shot-linear/calibration.ts";
import { type FinetuneOptions, finetune } from "./evaluate.ts";
import { type FinetuneSettings, finetuneProtocol, PAPER_SETTINGS } from "./protocol.ts";
import type { FinetuneRecord } from "./record.ts";

/** @param origin what else made the images and splits: part of the fingerprint */
export function finetuneDescription(
  { task, metric }: Pick<Dataset, "task" | "metric">,
  settings: FinetuneSettings,
  preprocessing: Preprocessing,
  origin: Readonly<Record<string, unknown>>,
): ProtocolDescription {
  const body = { ...finetuneProtocol(task, metric, settings, preprocessing), ...origin };
  const paper = JSON.stringify(settings) === JSON.stringify(PAPER_SETTINGS);
  const title = paper
    ? "Many-shot fine-tuned"
    : `Many-shot fine-tuned, ${settings.steps} steps of ${settings.batch}`;
  return describeProtocol("many-shot-finetune", title, body);
}

/** The calibration of what `classifier` describes. */
export function finetuneCalibrationDescription(classifier: ProtocolDescription): ProtocolDescription {
  return describeProtocol("calibration-finetune", "Calibration of the fine-tuned network", {
    ...CALIBRATION_LINEAR,
    evaluation: "calibration-finetune",
    classifier: "many-shot-finetune",
    classifierProtocol: classifier.body,
  });
}

export async function evaluateFinetune(
  options: FinetuneOptions & { readonly described: ProtocolDescription },
): Promise<Evaluation> {
  const { dataset, described: protocol } = options;
  const found = await finetune(options);
  const { test, testLogits: _, testLabels: __, warnings, ...record } = found;
  const main: MeasuredValue = {
    measure: `many-shot-finetune/${dataset.name}/${dataset.metric}`,
    value: test.score,
    interval: test.interval,
    n: test.n,
    protocol,
  };
  const calibration = dataset.task === "multi-class" ? calibrated(found, dataset.name, protocol) : undefined;
  return {
    protocol,
    values: [main, ...(calibration?.values ?? [])],
    record: { ...record, test, calibration: calibration?.record ?? null },
    warnings,
  };
}

function calibrated(
  { testLogits, testLabels }: FinetuneRecord,
  dataset: string,
  classifier: ProtocolDescription,
) {
  const n = testLabels.length;
  // Fewer images than folds cannot be calibrated; the network's own score stands.
  if (n < CALIBRATION_LINEAR.scaling.folds) return undefined;
  const { protocol: _, ...record } = calibrateLinear({
    logits: { shape: testLogits.shape, data: testLogits.data },
    labels: testLabels,
  });
  const protocol = finetuneCalibrationDescription(classifier);
  const value = (metric: string, measured: number): MeasuredValue => ({
    measure: `calibration-finetune/${dataset}/${metric}`,
    value: measured,
    interval: null,
    n,
    protocol,
  });
  return { record, values: [value("ece", record.ece), value("ece-scaled", record.eceScaled)] };
}
