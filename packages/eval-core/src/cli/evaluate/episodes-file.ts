/** Reads a file of few-shot episodes; whether they fit the labels is the protocol's to check. */
import { readFileSync } from "node:fs";
import type { EpisodeSet } from "../../evaluations/few-shot/evaluate.ts";
import { CommandError } from "../exit-codes.ts";

export function readEpisodes(path: string): EpisodeSet {
  const text = readFileSync(path, "utf8");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${path} is not JSON: ${(error as Error).message}`);
  }
  const { way, shot, query, episodes } = (parsed ?? {}) as Partial<Record<keyof EpisodeSet, unknown>>;
  if (![way, shot, query].every(Number.isSafeInteger) || !Array.isArray(episodes)) {
    throw new CommandError(
      `${path} holds no episodes: expected { "way", "shot", "query", "episodes": [{ "classes", "support", "query" }] }`,
    );
  }
  return { way, shot, query, episodes } as EpisodeSet;
}
