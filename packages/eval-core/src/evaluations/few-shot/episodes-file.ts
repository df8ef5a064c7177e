/** Reads a file of few-shot episodes; whether they fit the labels is checked with the labels. */
import { readFileSync } from "node:fs";
import { JsonFileError, jsonOfFile } from "../../tensor/index.ts";
import { type EpisodeSet, FewShotError } from "./episodes.ts";

/** @throws FewShotError on a file that holds no episodes */
export function readEpisodes(path: string): EpisodeSet {
  const bytes = readFileSync(path);
  let parsed: unknown;
  try {
    parsed = jsonOfFile(bytes, path);
  } catch (error) {
    if (!(error instanceof JsonFileError)) throw error;
    throw new FewShotError(error.message);
  }
  const { way, shot, query, episodes } = (parsed ?? {}) as Partial<Record<keyof EpisodeSet, unknown>>;
  if (![way, shot, query].every(Number.isSafeInteger) || !Array.isArray(episodes)) {
    throw new FewShotError(
      `${path} holds no episodes: expected { "way", "shot", "query", "episodes": [{ "classes", "support", "query" }] }`,
    );
  }
  return { way, shot, query, episodes } as EpisodeSet;
}
