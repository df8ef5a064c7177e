/**
 * Which images make which batch, and how they are cropped: a pure function of seed and step, so that a run resumed
 * at any step sees the very same pixels.
 */
import type { Item } from "../datasets/index.ts";
import { SeededRandom } from "../tensor/index.ts";
import type { BatchSource, Json } from "./task.ts";

/** Mixes numbers into one seed, so that streams of different purpose never meet. */
export function seedOf(...parts: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    for (const word of [part >>> 0, Math.floor(part / 2 ** 32) >>> 0]) {
      hash = Math.imul(hash ^ word, 0x01000193);
      hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
      hash ^= hash >>> 13;
    }
  }
  return hash >>> 0;
}

/** The purposes that randomness is drawn for. */
export const STREAM = { head: 1, order: 2, crop: 3 } as const;

export interface Sample {
  readonly item: Item;
  /** Of its random crop. */
  readonly seed: number;
}

/** Epoch after epoch of all items, each in an order of its own, cut into batches wherever they end. */
export class BatchStream {
  readonly #items: readonly Item[];
  readonly #batch: number;
  readonly #seed: number;
  #epoch = -1;
  #order: Int32Array = new Int32Array(0);

  constructor(items: readonly Item[], batch: number, seed: number) {
    this.#items = items;
    this.#batch = batch;
    this.#seed = seed;
  }

  /** The samples of a step, counted from 0. */
  at(step: number): Sample[] {
    return Array.from({ length: this.#batch }, (_, i) => {
      const place = step * this.#batch + i;
      return {
        item: this.#items[
          this.#orderOf(Math.floor(place / this.#items.length))[place % this.#items.length]!
        ]!,
        seed: seedOf(this.#seed, STREAM.crop, place),
      };
    });
  }

  #orderOf(epoch: number): Int32Array {
    if (epoch !== this.#epoch) {
      this.#order = new SeededRandom(seedOf(this.#seed, STREAM.order, epoch)).permutation(this.#items.length);
      this.#epoch = epoch;
    }
    return this.#order;
  }
}

/** The samples of each step in turn: a source of batches whose state is the number of the next step. */
export class SampleBatches implements BatchSource<readonly Sample[]> {
  readonly #stream: BatchStream;
  #step = 0;

  constructor(stream: BatchStream) {
    this.#stream = stream;
  }

  next(): readonly Sample[] {
    return this.#stream.at(this.#step++);
  }

  get state(): Json {
    return this.#step;
  }

  restore(state: Json): void {
    if (!Number.isInteger(state) || Number(state) < 0)
      throw new RangeError(`the next step is a number from 0 up, found ${JSON.stringify(state)}`);
    this.#step = Number(state);
  }
}
