/**
 * Which pictures a batch consists of: a permutation of NumPy's legacy generator an epoch, batches running on over their
 * ends. What is drawn for a picture comes from a generator of its own, so that loading in threads changes nothing.
 */
import { NumpyRandomState } from "../../tensor/index.ts";
import type { BatchSource, Json } from "../../training/index.ts";

export interface PictureDraw {
  /** Counted over the split. */
  readonly picture: number;
  /** Its place among all pictures that the run trains on, from 0. */
  readonly turn: number;
}

export type HeadPlan = readonly PictureDraw[];

export class PictureOrder implements BatchSource<HeadPlan> {
  readonly #count: number;
  readonly #batch: number;
  readonly #random: NumpyRandomState;
  #made = 0;
  #epochs = 0;
  #order: Int32Array;

  /** @param count pictures of the split */
  constructor(count: number, batch: number, seed: number) {
    this.#count = count;
    this.#batch = batch;
    this.#random = new NumpyRandomState(seed);
    this.#order = this.#nextEpoch();
  }

  next(): HeadPlan {
    const from = this.#made * this.#batch;
    this.#made++;
    return Array.from({ length: this.#batch }, (_, i) => {
      const turn = from + i;
      while (turn >= this.#epochs * this.#count) this.#order = this.#nextEpoch();
      return { picture: this.#order[turn % this.#count]!, turn };
    });
  }

  get state(): Json {
    return this.#made;
  }

  /** Only forwards, as a fresh source of a resumed run. */
  restore(state: Json): void {
    if (typeof state !== "number" || !Number.isInteger(state) || state < this.#made)
      throw new RangeError(
        `a place in the order of pictures is a number of batches, found ${JSON.stringify(state)}`,
      );
    while (this.#made < state) this.next();
  }

  #nextEpoch(): Int32Array {
    this.#epochs++;
    return this.#random.permutation(this.#count);
  }
}

/** Of a turn: its own generator for how the picture is changed, and one for the channels that dropout keeps. */
export function generatorOf(seed: number, turn: number, purpose: "picture" | "dropout"): NumpyRandomState {
  return new NumpyRandomState((2_000_003 * seed + 2 * turn + (purpose === "dropout" ? 1 : 0)) >>> 0);
}

/** A factor a channel: 0 with this probability, else 1 / (1 - rate). */
export function keptChannels(random: NumpyRandomState, rate: number, into: Float32Array): void {
  for (let c = 0; c < into.length; c++) into[c] = random.uniform() < rate ? 0 : 1 / (1 - rate);
}
