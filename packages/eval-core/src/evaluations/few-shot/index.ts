/** The few-shot evaluation from arrays to values and record. */
import type { PooledArrays } from "../evaluate-arrays.ts";
import { describeProtocol, type Evaluation, type ProtocolDescription } from "../evaluation.ts";
import { fingerprint } from "../fingerprint.ts";
import { type EpisodeSet, fewShot, fewShotProtocol } from "./evaluate.ts";

export interface FewShotEvaluationOptions {
  /** The dataset's slug. */
  readonly dataset: string;
  readonly shot: number;
  readonly seed: number;
  readonly given?: EpisodeSet;
  readonly protocol: ProtocolDescription;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Given episodes are another protocol than drawn ones: their hash is in the fingerprint. */
export function fewShotDescription(
  shot: number,
  given: EpisodeSet | undefined,
  origin: Readonly<Record<string, unknown>>,
): ProtocolDescription {
  const { way, query, episodes } = given ?? {};
  const drawn = given ? { way, query, episodes: episodes?.length } : {};
  const body = {
    ...fewShotProtocol(given?.shot ?? shot, drawn as Parameters<typeof fewShotProtocol>[1]),
    ...(given ? { sampling: `given episodes ${fingerprint(given)}` } : {}),
    ...origin,
  };
  return describeProtocol(
    `few-shot-${given?.shot ?? shot}`,
    `Few-shot, ${given?.shot ?? shot} images a class`,
    body,
  );
}

export async function evaluateFewShot(
  { x, y }: PooledArrays,
  options: FewShotEvaluationOptions,
): Promise<Evaluation> {
  const { dataset, shot, seed, given, protocol, onProgress, signal } = options;
  const { protocol: _, ...record } = await fewShot({
    x,
    y,
    episodes: given ? { given } : { shot, seed },
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  const { accuracy, interval, accuracyPerEpisode } = record;
  return {
    protocol,
    values: [
      {
        measure: `few-shot-${given?.shot ?? shot}/${dataset}/accuracy`,
        value: accuracy,
        interval,
        n: accuracyPerEpisode.length,
        protocol,
      },
    ],
    record,
    warnings: [],
  };
}
