/** PyTorch's `torch.randperm(n, generator)` on the CPU, draw for draw, for n below 2^32 / 20. */
import { NumpyRandomState } from "./mt19937.ts";

/**
 * 0 to n - 1 in PyTorch's order for a generator seeded by `seed`: the same Mersenne Twister as NumPy's legacy
 * generator, and position i swaps with i + (word mod (n - i)).
 * @throws RangeError for an n where PyTorch draws 64-bit words instead
 */
export function torchPermutation(n: number, seed: number): Int32Array {
  if (!Number.isInteger(n) || n < 0 || n >= 2 ** 32 / 20) {
    throw new RangeError(`a permutation of ${n} is not drawn here: expected an integer below 2^32 / 20`);
  }
  const random = new NumpyRandomState(seed);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < n - 1; i++) {
    const j = i + (random.uint32() % (n - i));
    const moved = order[i]!;
    order[i] = order[j]!;
    order[j] = moved;
  }
  return order;
}
