/** The predictors from features to values and record. */
import type { Dataset, Label } from "../../datasets/index.ts";
import { NumpyRandomState, type Tensor } from "../../tensor/index.ts";
import type { Result } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import { pick, probeRows } from "../probes/rows.ts";
import { stateFile } from "../probes/state-file.ts";
import { ProtocolError } from "../protocol-error.ts";
import { logMe } from "./logme.ts";
import { type FeatureSpectrum, featureSpectrum } from "./measure.ts";
import { normsOfRows } from "./norms.ts";
import { type PredictorOptions, SAMPLE } from "./protocol.ts";
import { alphaReq, nesum, rankMe, stableRank } from "./spectrum.ts";

export async function runPredictors(
  spec: Spec<PredictorOptions, Dataset>,
  context: RunContext,
): Promise<Result> {
  const { threads, signal, progress } = context;
  const { data, options, seed } = spec;
  const features = await context.features();
  const { train } = probeRows(data, features);
  const all = data.splits.train.filter((item) => features.rowOf.has(item)).map(({ label }) => label);
  const { x, labels } = options.rows === "all" ? { x: train.x, labels: all } : sampled(train.x, all, seed);
  const n = labels.length;
  if (n < 2) throw new ProtocolError(`a covariance needs two images: ${data.title} has ${n} to train on`);
  const file = stateFile<FeatureSpectrum>(context, "spectrum");
  const step = progress.step("predictors");
  const spectrum =
    file.state ??
    (await featureSpectrum(x, {
      labels,
      threads,
      signal,
      onProgress: (done, total) => step.update(done, total),
    }));
  file.save(spectrum);
  step.end(`${n} images`);
  const { sigma, lambda, projections } = spectrum;
  const norms = normsOfRows(x.data, features.featureSize);
  const alpha = alphaReq(lambda);
  const evidence = logMe(projections!, options.logme);
  const found: Readonly<Record<string, number | null>> = {
    rankme: rankMe(sigma),
    logme: evidence.value,
    "alpha-req": alpha.value,
    nesum: nesum(lambda),
    "stable-rank": stableRank(sigma),
    "norm-mean": norms.mean,
    "norm-cv": norms.variation,
  };
  const known = Object.entries(found).filter(([, value]) => value !== null && Number.isFinite(value));
  const missing = Object.keys(found).filter((name) => !known.some(([other]) => other === name));
  return {
    values: known.map(([name, value]) => ({
      measure: `predictor/${data.name}/${name}`,
      value: value!,
      // Of one set of features: no sampling error is known.
      interval: null,
      n,
    })),
    record: {
      rows: n,
      features: features.featureSize,
      norms: Object.fromEntries(Object.entries(norms).filter(([, value]) => Number.isFinite(value))),
      alphaReq: { to: alpha.to },
      logmePerClass: evidence.perClass.filter(Number.isFinite),
      singularValues: [...sigma.subarray(0, 512)],
      unreadable: features.unreadable,
    },
    warnings: missing.map(
      (name) => `${name} has no value: ${n} images have too few directions in their features`,
    ),
  };
}

function sampled(x: Tensor<"float32">, labels: readonly Label[], seed: number) {
  const rows = new NumpyRandomState(seed).permutation(labels.length).subarray(0, SAMPLE);
  return { x: pick(x, rows), labels: Array.from(rows, (row) => labels[row]!) };
}
