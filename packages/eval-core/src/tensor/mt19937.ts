/**
 * NumPy's legacy `numpy.random.RandomState`, draw for draw: the Mersenne Twister MT19937 (Matsumoto and
 * Nishimura, 1998). Only what a published protocol needs of it: seeding by an integer, `random_sample`,
 * `shuffle` and `permutation`. For new randomness use `random.ts`.
 */

const N = 624;
const M = 397;

export class NumpyRandomState {
  readonly #words = new Uint32Array(N);
  #position = N;

  /** @throws RangeError unless `seed` is an integer from 0 to 2^32 - 1, as NumPy demands. */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new RangeError(`a NumPy seed is an integer from 0 to 2^32 - 1, not ${seed}`);
    }
    const words = this.#words;
    words[0] = seed;
    for (let i = 1; i < N; i++) {
      const previous = words[i - 1]! ^ (words[i - 1]! >>> 30);
      words[i] = Math.imul(1_812_433_253, previous) + i;
    }
  }

  #twist(): void {
    const words = this.#words;
    for (let i = 0; i < N; i++) {
      const mixed = (words[i]! & 0x80000000) | (words[(i + 1) % N]! & 0x7fffffff);
      words[i] = words[(i + M) % N]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }

  uint32(): number {
    if (this.#position === N) this.#twist();
    let y = this.#words[this.#position++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** `random_sample()`: uniform in [0, 1) with 53 bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 67_108_864 + (this.uint32() >>> 6)) / 9_007_199_254_740_992;
  }

  /** A uniform integer in [0, max], both included: NumPy's `random_interval`, masked rejection. */
  interval(max: number): number {
    if (!Number.isInteger(max) || max < 0 || max > 0xffffffff) {
      throw new RangeError(`cannot draw an integer up to ${max}: expected an integer from 0 to 2^32 - 1`);
    }
    if (max === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(max);
    for (;;) {
      const draw = (this.uint32() & mask) >>> 0;
      if (draw <= max) return draw;
    }
  }

  /** `shuffle(items)`, in place. */
  shuffle<A extends { length: number; [index: number]: unknown }>(items: A): A {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.interval(i);
      const moved = items[i];
      items[i] = items[j];
      items[j] = moved;
    }
    return items;
  }

  /** `permutation(n)`: 0 to n - 1 in random order. */
  permutation(n: number): Int32Array {
    return this.shuffle(Int32Array.from({ length: n }, (_, i) => i));
  }
}
