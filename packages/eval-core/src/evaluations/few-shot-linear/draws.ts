/**
 * The draws of MTEB's linear evaluation of images: of each class the first rows in a shuffled order. Which rows they are
 * depends on the order of the training rows.
 */
import { NumpyRandomState } from "../../tensor/index.ts";

/**
 * How the order of one draw follows from that of the one before.
 *
 * - `mteb2`: every draw shuffles the list as the last left it, with a fresh generator of the same seed: one permutation,
 *   composed with itself.
 * - `mteb1`: one generator goes on (NumPy's global one, where nothing else draws from it in between).
 */
export type DrawRule = "mteb2" | "mteb1";

/** The rows of each draw, in the order in which they were taken; a class with fewer than `perClass` gives what it has. */
export function drawRows(
  labels: ArrayLike<number>,
  { perClass, draws, seed, rule }: { perClass: number; draws: number; seed: number; rule: DrawRule },
): Int32Array[] {
  const ids = Int32Array.from({ length: labels.length }, (_, i) => i);
  let random = new NumpyRandomState(seed);
  return Array.from({ length: draws }, () => {
    if (rule === "mteb2") random = new NumpyRandomState(seed);
    random.shuffle(ids);
    return firstOfEach(labels, ids, perClass);
  });
}

function firstOfEach(labels: ArrayLike<number>, ids: Int32Array, perClass: number): Int32Array {
  const taken = new Map<number, number>();
  return ids.filter((id) => {
    const count = taken.get(labels[id]!) ?? 0;
    if (count >= perClass) return false;
    taken.set(labels[id]!, count + 1);
    return true;
  });
}
