/** What makes two few-shot accuracies comparable: nearest centroid over seeded 5-way episodes. */
import { describeProtocol, type JsonRecord, type ProtocolDescription } from "../evaluation.ts";
import { fingerprint } from "../fingerprint.ts";
import type { EpisodeSet } from "./episodes.ts";

export const FEW_SHOT = { way: 5, query: 15, episodes: 600, shots: [5, 20, 50] } as const;

export interface FewShotProtocol {
  readonly evaluation: `few-shot-${number}`;
  readonly version: 1;
  readonly classifier: string;
  readonly way: number;
  readonly shot: number;
  readonly query: number;
  readonly episodes: number;
  readonly pool: string;
  readonly sampling: string;
  readonly metric: string;
  readonly interval: string;
}

/** What makes two few-shot accuracies comparable. The seed is not in it: it is recorded with the run. */
export function fewShotProtocol(
  shot: number,
  {
    way = FEW_SHOT.way,
    query = FEW_SHOT.query,
    episodes = FEW_SHOT.episodes,
  }: Partial<Record<"way" | "query" | "episodes", number>> = {},
): FewShotProtocol {
  return {
    evaluation: `few-shot-${shot}`,
    version: 1,
    classifier: "nearest centroid of the support features, squared Euclidean distance, the first of equals",
    way,
    shot,
    query,
    episodes,
    pool: "train + validation + test",
    sampling: "classes with enough images, then images, each uniformly without replacement",
    metric: "mean accuracy over episodes, in percent",
    interval: "1.96 population deviations / sqrt(episodes)",
  };
}

/** Given episodes are another protocol than drawn ones: their hash is in the fingerprint. */
export function fewShotDescription(
  shot: number,
  given: EpisodeSet | undefined,
  origin: JsonRecord,
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

export interface FewShotEvaluationOptions {
  /** Episodes given in place of drawn ones. */
  readonly episodes: EpisodeSet | undefined;
}

/** "few-shot-20" -> 20 */
export const shotOf = (setting: string): number => Number(setting.slice("few-shot-".length));
