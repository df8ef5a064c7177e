/** Drawing some boxes of each kind, so that background does not drown the objects. */
import type { SeededRandom } from "../../../tensor/index.ts";

export interface Sampled {
  /** Indices, in the order drawn. */
  readonly positive: Int32Array;
  readonly negative: Int32Array;
}

/**
 * At most `count` boxes, at most `fraction` of them objects: P[permutation(|P|)[0..p)], then Q[permutation(|Q|)[0..q)], where
 * P are the boxes labelled 1 and Q those labelled 0, ascending.
 */
export function sampleBoxes(
  label: ArrayLike<number>,
  count: number,
  fraction: number,
  random: SeededRandom,
): Sampled {
  const of = (wanted: number) => {
    const found: number[] = [];
    for (let i = 0; i < label.length; i++) if (label[i] === wanted) found.push(i);
    return found;
  };
  const [positives, negatives] = [of(1), of(0)];
  const p = Math.min(positives.length, Math.trunc(count * fraction));
  const q = Math.min(negatives.length, count - p);
  const some = (from: readonly number[], n: number) =>
    random
      .permutation(from.length)
      .subarray(0, n)
      .map((i) => from[i]!);
  return { positive: some(positives, p), negative: some(negatives, q) };
}
