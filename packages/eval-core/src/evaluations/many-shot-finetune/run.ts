/**
 * The fine-tuned evaluation as values and record, its classifier's calibration beside it: both come from one run,
 * each has its own protocol.
 */
import { z } from "zod";
import type { Dataset } from "../../datasets/index.ts";
import type { Companion, JsonRecord, ProtocolDescription, Result, RunResult } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import { CALIBRATION_LINEAR, calibrateLinear } from "../many-shot-linear/calibration.ts";
import { finetuneCalibrationDescription } from "../many-shot-linear/calibration-protocol.ts";
import { calibrationValues } from "../many-shot-linear/run.ts";
import { testPredictions } from "../predictions.ts";
import { type FinetuneOptions, finetune, finetuneOne } from "./evaluate.ts";
import { configurationTeller, finetuneTeller } from "./progress.ts";
import { AUGMENTATIONS, configurations, type FinetuneSettings } from "./protocol.ts";
import type { FinetuneRecord, FinishedConfiguration } from "./record.ts";

export async function runFinetune(
  spec: Spec<FinetuneSettings, Dataset>,
  context: RunContext,
): Promise<RunResult> {
  const step = context.progress.step(spec.setting);
  const given = givenOf(spec.options, context.parts);
  const options = { ...optionsOf(spec, context), onProgress: finetuneTeller(context.progress, step) };
  const result = await evaluateFinetune({ ...options, given }, context.protocol);
  step.end("done");
  return result;
}

/** One configuration of the grid, for `runFinetune` to go on from, here or elsewhere. */
export async function runConfiguration(
  spec: Spec<FinetuneSettings, Dataset>,
  context: RunContext,
  index: number,
): Promise<JsonRecord> {
  const step = context.progress.step(spec.setting);
  const onProgress = configurationTeller(context.progress, step);
  const finished = await finetuneOne({ ...optionsOf(spec, context), onProgress }, index);
  step.end("trained");
  return { ...finished };
}

const optionsOf = (
  { data, options, preprocessing, seed }: Spec<FinetuneSettings, Dataset>,
  { checkpoint, device, threads, work, signal }: RunContext,
): FinetuneOptions => ({
  ...{ checkpoint, dataset: data, protocol: options, preprocessing, seed, device, signal },
  ...(threads === undefined ? {} : { threads }),
  ...(work === undefined ? {} : { workDir: work }),
});

const finishedConfiguration = z.strictObject({
  configuration: z.strictObject({
    learningRate: z.number(),
    weightDecay: z.number(),
    augmentation: z.enum(AUGMENTATIONS),
  }),
  validation: z.number().nullable(),
  diverged: z.string().optional(),
  losses: z.array(z.number()),
});

/** What was trained elsewhere. @throws Error where it is of another grid than this one */
function givenOf(
  { grid }: FinetuneSettings,
  parts: RunContext["parts"] = new Map(),
): ReadonlyMap<number, FinishedConfiguration> {
  const asked = configurations(grid);
  return new Map(
    [...parts].map(([index, part]) => {
      const finished = finishedConfiguration.parse(part) as FinishedConfiguration;
      if (JSON.stringify(finished.configuration) !== JSON.stringify(asked[index])) {
        throw new Error(
          `configuration ${index + 1} was trained elsewhere as ${JSON.stringify(finished.configuration)}, and here it is ${JSON.stringify(asked[index])}: the workers are of different versions`,
        );
      }
      return [index, finished];
    }),
  );
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
