/** DINOv3's logistic regression from features to values and record. */
import type { Dataset } from "../../datasets/index.ts";
import type { SweepState } from "../../probe/sweep.ts";
import type { RunResult } from "../evaluation.ts";
import { pick } from "../few-shot-linear/fit.ts";
import type { RunContext, Spec } from "../kind.ts";
import { testPredictions } from "../predictions.ts";
import { type LabelledRows, probeRows, warningsOf } from "../probes/rows.ts";
import { classScores, classValues } from "../probes/scores.ts";
import { stateFile } from "../probes/state-file.ts";
import { ProtocolError } from "../protocol-error.ts";
import { fitDinov3, type SelectionMetric } from "./fit.ts";
import type { Dinov3EvaluationOptions } from "./protocol.ts";
import { splitByClass } from "./split.ts";

export async function runDinov3(
  { data, options, setting }: Spec<Dinov3EvaluationOptions, Dataset>,
  context: RunContext,
): Promise<RunResult> {
  const { device, signal, progress, work } = context;
  const features = await context.features();
  const rows = probeRows(data, features);
  const { train, validation } = rows.validation
    ? { train: rows.train, validation: rows.validation }
    : heldOut(rows.train, data.title);
  const step = progress.step("logistic regression");
  const found = await fitDinov3({
    train,
    validation,
    test: rows.test,
    classes: rows.classes,
    metric: data.metric as SelectionMetric,
    mode: options.mode,
    device,
    signal,
    resume: stateFile<SweepState>(work, "sweep", (sentence) => progress.say(sentence)),
    onProgress: (done, total, note) => step.update(done, total, note),
  });
  step.end(`${found.sweep.length} values of C`);
  const scores = classScores(found.logits, rows.test.y, rows.classes);
  const { sweep, chosen, ties, refit } = found;
  const open = sweep.filter(({ status }) => status !== "converged").length;
  const values = classValues(`${setting}/${data.name}`, data.metric, scores);
  const measures = values.map(({ measure }) => measure);
  return {
    values,
    predictions: testPredictions(data, (item) => features.rowOf.has(item), found.logits, measures),
    record: {
      sizes: { train: train.y.length, val: validation.y.length, test: rows.test.y.length },
      features: features.featureSize,
      classes: rows.classes,
      sweep,
      chosen,
      ties,
      refit,
      scores: { ...scores, top5: scores.top5 ?? null },
      unreadable: features.unreadable,
    },
    warnings: [
      ...warningsOf(rows, data.classes),
      ...(open > 0 && options.mode === "converged"
        ? [`${open} of ${sweep.length} values of C did not converge`]
        : []),
    ],
  };
}

/** DINOv3's tenth of each class. */
export function heldOut(
  train: LabelledRows,
  title: string,
): { train: LabelledRows; validation: LabelledRows } {
  const split = splitByClass(train.y);
  if (split.validation.length === 0) {
    throw new ProtocolError(
      `every class of ${title} has one training image: none can be taken for validation; add images, or a validation split`,
    );
  }
  const part = (ids: Int32Array) => ({ x: pick(train.x, ids), y: ids.map((row) => train.y[row]!) });
  return { train: part(split.train), validation: part(split.validation) };
}
