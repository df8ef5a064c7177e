/** DINOv3's logistic regression from features to values and record. */
import type { Dataset } from "../../datasets/index.ts";
import type { SweepState } from "../../probe/sweep.ts";
import type { RunResult } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import { probeRows } from "../probes/rows.ts";
import { logitsResult } from "../probes/scores.ts";
import { stateFile } from "../probes/state-file.ts";
import { fitDinov3, type SelectionMetric } from "./fit.ts";
import type { Dinov3EvaluationOptions } from "./protocol.ts";
import { choiceRows } from "./split.ts";

export async function runDinov3(
  { data, options, setting }: Spec<Dinov3EvaluationOptions, Dataset>,
  context: RunContext,
): Promise<RunResult> {
  const { device, signal, progress } = context;
  const features = await context.features();
  const rows = probeRows(data, features);
  const { train, validation } = choiceRows(rows, data.title);
  const step = progress.step("logistic regression");
  const found = await fitDinov3({
    ...{ train, validation, test: rows.test, classes: rows.classes, device, signal },
    metric: data.metric as SelectionMetric,
    mode: options.mode,
    resume: stateFile<SweepState>(context, "sweep"),
    onProgress: (done, total, note) => step.update(done, total, note),
  });
  step.end(`${found.sweep.length} values of C`);
  const { logits, ...fitted } = found;
  const open = found.sweep.filter(({ status }) => status !== "converged").length;
  return logitsResult({
    ...{ data, setting, features, rows, logits, fitted: { ...fitted } },
    sizes: { train: train.y.length, val: validation.y.length },
    warnings:
      open > 0 && options.mode === "converged"
        ? [`${open} of ${found.sweep.length} values of C did not converge`]
        : [],
  });
}
