/**
 * Two classifiers on the same images, by McNemar's test: of the images that only one of them has right, how many
 * are whose?
 */
import { Z_95 } from "../../metrics/accuracy.ts";
import { binomialHalfCdf } from "../../stats/distributions.ts";
import { logBeta } from "../../stats/special.ts";

export interface McNemar {
  /** Images that only the first has right. */
  readonly b: number;
  /** Images that only the second has right. */
  readonly c: number;
  readonly n: number;
  /** Two-sided, guaranteed and conservative. */
  readonly exact: number;
  /** The p-value to go by (Fagerland, Lydersen, Laake, BMC Med. Res. Methodol. 13:91, 2013). */
  readonly mid: number;
  /** First minus second, in points. */
  readonly difference: number;
  /** 95% interval of the difference in points (Bonett and Price 2012). */
  readonly interval: { readonly lower: number; readonly upper: number };
  /** Of the difference, in points, if neither is better. */
  readonly standardError: number;
}

/** P(X = k), X ~ Bin(n, 1/2): C(n, k) = 1 / ((n + 1) B(k + 1, n - k + 1)). */
const binomialHalfPmf = (k: number, n: number): number =>
  Math.exp(-Math.log(n + 1) - logBeta(k + 1, n - k + 1) - n * Math.LN2);

/** @throws RangeError unless b, c and n are whole numbers, b + c <= n and n > 0 */
export function mcnemar(b: number, c: number, n: number): McNemar {
  if (![b, c, n].every((count) => Number.isInteger(count) && count >= 0) || b + c > n || n === 0) {
    throw new RangeError(`McNemar needs counts with b + c <= n, n > 0: found b ${b}, c ${c}, n ${n}.`);
  }
  const split = b + c;
  const least = Math.min(b, c);
  const tail = binomialHalfCdf(least, split);
  const exact = Math.min(1, 2 * tail);
  const mid = split === 0 ? 1 : Math.min(1, 2 * tail - binomialHalfPmf(least, split));
  const p = (b + 1) / (n + 2);
  const q = (c + 1) / (n + 2);
  const half = Z_95 * Math.sqrt((p + q - (p - q) ** 2) / (n + 2));
  return {
    ...{ b, c, n, exact, mid },
    difference: (100 * (b - c)) / n,
    interval: { lower: 100 * Math.max(-1, p - q - half), upper: 100 * Math.min(1, p - q + half) },
    standardError: (100 * Math.sqrt(split)) / n,
  };
}

/** Which images a method has right, a bit each: pairs of methods are then counted 32 images at a time. */
export class RightImages {
  readonly #words: Uint32Array;
  readonly n: number;

  constructor(right: ArrayLike<number | boolean>) {
    this.n = right.length;
    this.#words = new Uint32Array(Math.ceil(right.length / 32));
    for (let i = 0; i < right.length; i++) if (right[i]) this.#words[i >>> 5]! |= 1 << (i & 31);
  }

  /** Images that this one has right and the other wrong. */
  onlyHere(other: RightImages): number {
    if (other.n !== this.n) {
      throw new RangeError(`Two methods must answer the same images: found ${this.n} and ${other.n}.`);
    }
    let count = 0;
    for (let i = 0; i < this.#words.length; i++) count += bits(this.#words[i]! & ~other.#words[i]!);
    return count;
  }

  compare(other: RightImages): McNemar {
    return mcnemar(this.onlyHere(other), other.onlyHere(this), this.n);
  }
}

/** The number of ones in 32 bits. */
function bits(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}
