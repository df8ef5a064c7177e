/** The few-shot evaluation from arrays to values and record. */
import type { Dataset } from "../../datasets/index.ts";
import { type PooledArrays, pooledArrays } from "../arrays/evaluate.ts";
import type { Result } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import type { EpisodeSet } from "./episodes.ts";
import { fewShot } from "./evaluate.ts";
import { type FewShotEvaluationOptions, shotOf } from "./protocol.ts";

export async function runFewShot(
  { data, options, setting, seed }: Spec<FewShotEvaluationOptions, Dataset>,
  context: RunContext,
): Promise<Result> {
  const { signal, progress } = context;
  const features = await context.features();
  const step = progress.step(setting);
  const result = await evaluateFewShot(pooledArrays(data, features), {
    dataset: data.name,
    shot: shotOf(setting),
    given: options.episodes,
    seed,
    onProgress: (done, total) => step.update(done, total),
    signal,
  });
  step.end("done");
  return { ...result, record: { ...result.record, unreadable: features.unreadable } };
}

export interface EvaluateFewShotOptions {
  /** The dataset's slug. */
  readonly dataset: string;
  readonly shot: number;
  readonly seed: number;
  readonly given: EpisodeSet | undefined;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export async function evaluateFewShot(
  { x, y }: PooledArrays,
  { dataset, shot, seed, given, onProgress, signal }: EvaluateFewShotOptions,
): Promise<Required<Result>> {
  const { protocol: _, ...record } = await fewShot({
    x,
    y,
    episodes: given ? { given } : { shot, seed },
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  const { accuracy, interval, accuracyPerEpisode } = record;
  return {
    values: [
      {
        measure: `few-shot-${given?.shot ?? shot}/${dataset}/accuracy`,
        value: accuracy,
        interval,
        n: accuracyPerEpisode.length,
      },
    ],
    record: { ...record },
    warnings: [],
    companions: [],
  };
}
