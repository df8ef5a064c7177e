/**
 * The random streams of a training run. Each purpose has its own, drawn from strictly in the order of the batches, so
 * that loading ahead changes no draw; their states belong to the checkpoint.
 */
import { type RandomState, SeededRandom } from "../tensor/index.ts";
import type { Json } from "./task.ts";

export const STREAM_NAMES = ["order", "augmentation", "sampling", "initialisation"] as const;
export type StreamName = (typeof STREAM_NAMES)[number];

/** The stream of a run's seed s: order is seeded with 4s, augmentation 4s + 1, sampling 4s + 2, initialisation 4s + 3. */
export function streamOf(seed: number, name: StreamName): SeededRandom {
  return new SeededRandom(4 * seed + STREAM_NAMES.indexOf(name));
}

/** A generator's state out of a checkpoint. @throws RangeError when it is none */
export function restoredStream(state: Json): SeededRandom {
  if (!Array.isArray(state) || state.length !== 4 || !state.every((word) => Number.isInteger(word)))
    throw new RangeError(`the state of a random stream is four integers, found ${JSON.stringify(state)}`);
  return SeededRandom.restore(state as unknown as RandomState);
}
