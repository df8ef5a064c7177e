/**
 * The paper's calibration error of a method: the mean over the many-shot datasets with one label an image. It
 * follows from the suite's runs, so it is there when, and only when, all of them are.
 */
import { DATASETS, type DatasetName } from "../../datasets/index.ts";
import { describeProtocol } from "../../evaluations/evaluation.ts";
import { fingerprint } from "../../evaluations/fingerprint.ts";
import { CALIBRATION_LINEAR } from "../../evaluations/many-shot-linear/calibration.ts";
import type { Derived } from "./recorder.ts";
import { valuesOf } from "./report.ts";
import type { EvaluateRequest } from "./request.ts";
import type { Outcome } from "./run.ts";
import { suiteNamed } from "./suites.ts";

const METRICS = ["ece", "ece-scaled"] as const;

export function calibrationAverage(
  { suite, checkpoint, method, seed, targets, preprocessing, allowPartial, requestedById }: EvaluateRequest,
  outcomes: readonly Outcome[],
): Derived | undefined {
  if (suite !== "many-shot-linear") return undefined;
  const datasets = suiteNamed(suite).datasets.filter(
    (name) => DATASETS[name as DatasetName].task === "multi-class",
  );
  const parts = datasets.map((name) => {
    const outcome = outcomes.find(({ target }) => target.dataset === name);
    if (outcome?.state !== "done" && outcome?.state !== "recorded") return undefined;
    const values = new Map(valuesOf(outcome).map(({ measure, value }) => [measure, value]));
    const errors = METRICS.map((metric) => values.get(`calibration-linear/${name}/${metric}`));
    return { name, errors, identity: outcome.identity, manifest: outcome.manifest };
  });
  const whole = parts.flatMap((part) => (part && !part.errors.includes(undefined) ? [part] : []));
  if (whole.length < datasets.length) return undefined;
  const setting = targets[0]?.setting;
  const { metric, bins, scaling } = CALIBRATION_LINEAR;
  return {
    checkpoint,
    method,
    seed,
    requestedById,
    // A mean of what is recorded: no device had a part in it.
    device: "none",
    dataset: {
      slug: "kornblith",
      title: "Kornblith's datasets",
      domain: "many",
      classCount: null,
      manifest: fingerprint(whole.map(({ name, manifest }) => ({ name, manifest }))),
    },
    protocol: describeProtocol(
      "calibration-linear",
      "Calibration of the linear classifiers, mean over datasets",
      {
        evaluation: "calibration-linear",
        version: 1,
        classifier: setting,
        metric,
        bins,
        scaling,
        datasets,
        reported: "mean over datasets",
        preprocessing: { ...preprocessing },
        ...(allowPartial ? { partial: "allowed" } : {}),
      },
    ),
    values: METRICS.map((metric, i) => ({
      measure: `calibration-linear/kornblith/${metric}`,
      value: whole.reduce((sum, { errors }) => sum + errors[i]!, 0) / whole.length,
      interval: null,
      n: null,
    })),
    record: { of: whole.map(({ name, identity, errors }) => ({ name, identity, errors })) },
  };
}
