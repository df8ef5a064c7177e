/**
 * The seeded generator: xoshiro128** (Blackman and Vigna, 2018), seeded through splitmix32.
 * It is passed to whatever draws, and its state can be stored and restored, so that a run can be repeated and
 * an interrupted one goes on with the same draws. NumPy's generator, where a protocol names it, is `mt19937.ts`.
 */

/** The four 32-bit words; JSON-safe. */
export type RandomState = readonly [number, number, number, number];

export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @throws RangeError unless `seed` is a non-negative safe integer. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`a seed is an integer from 0 to 2^53 - 1, not ${seed}`);
    }
    let x = (seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1);
    const splitmix = (): number => {
      x = (x + 0x9e3779b9) | 0;
      let z = x;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) >>> 0;
    };
    this.#a = splitmix();
    this.#b = splitmix();
    this.#c = splitmix();
    this.#d = splitmix();
  }

  /** A generator that goes on where `state` was taken. */
  static restore(state: RandomState): SeededRandom {
    if (state.length !== 4 || state.every((word) => word === 0)) {
      throw new RangeError("a generator's state is four 32-bit words that are not all zero");
    }
    const random = new SeededRandom(0);
    random.#a = state[0] >>> 0;
    random.#b = state[1] >>> 0;
    random.#c = state[2] >>> 0;
    random.#d = state[3] >>> 0;
    return random;
  }

  get state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#d];
  }

  /** 32 random bits, as an unsigned integer. */
  uint32(): number {
    const fiveTimes = Math.imul(this.#b, 5);
    const result = Math.imul((fiveTimes << 7) | (fiveTimes >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c = (this.#c ^ this.#a) >>> 0;
    this.#d = (this.#d ^ this.#b) >>> 0;
    this.#b = (this.#b ^ this.#c) >>> 0;
    this.#a = (this.#a ^ this.#d) >>> 0;
    this.#c = (this.#c ^ shifted) >>> 0;
    this.#d = ((this.#d << 11) | (this.#d >>> 21)) >>> 0;
    return result;
  }

  /** Uniform in [0, 1), with 53 random bits; or in [low, high). */
  uniform(low = 0, high = 1): number {
    const unit = ((this.uint32() >>> 5) * 67_108_864 + (this.uint32() >>> 6)) / 9_007_199_254_740_992;
    return low + (high - low) * unit;
  }

  /** A uniform integer in [0, n): draws from the incomplete last block are rejected, so there is no bias. */
  below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new RangeError(`cannot draw an integer below ${n}: expected an integer from 1 to 2^32`);
    }
    const limit = 2 ** 32 - (2 ** 32 % n);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return draw % n;
  }

  /** Gaussian, by Marsaglia's polar method; the second deviate is dropped so that the state is four words. */
  normal(mean = 0, deviation = 1): number {
    for (;;) {
      const u = this.uniform(-1, 1);
      const v = this.uniform(-1, 1);
      const s = u * u + v * v;
      if (s > 0 && s < 1) return mean + deviation * u * Math.sqrt((-2 * Math.log(s)) / s);
    }
  }

  /** Fisher and Yates' shuffle, in place; every order is equally likely. */
  shuffle<A extends { length: number; [index: number]: unknown }>(items: A): A {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const moved = items[i];
      items[i] = items[j];
      items[j] = moved;
    }
    return items;
  }

  /** 0 to n - 1 in random order. */
  permutation(n: number): Int32Array {
    return this.shuffle(Int32Array.from({ length: n }, (_, i) => i));
  }
}
