/** DINOv3's validation rows where a dataset has none of its own: a tenth of each class. */
import { torchPermutation } from "../../tensor/index.ts";

export const VALIDATION_SHARE = 0.1;

/**
 * Rows in the order of `torch.randperm` seeded by 0; of each class the first max(1, ⌊share · n⌋) are validation, and
 * none of a class of one row. Both lists keep that order.
 */
export function splitByClass(
  labels: ArrayLike<number>,
  share = VALIDATION_SHARE,
): { train: Int32Array; validation: Int32Array } {
  const order = torchPermutation(labels.length, 0);
  const size = new Map<number, number>();
  for (const row of order) size.set(labels[row]!, (size.get(labels[row]!) ?? 0) + 1);
  const left = new Map(
    [...size].map(([label, n]) => [label, n > 1 ? Math.max(1, Math.floor(share * n)) : 0]),
  );
  const held = order.map((row) => {
    const open = left.get(labels[row]!)!;
    if (open > 0) left.set(labels[row]!, open - 1);
    return open > 0 ? 1 : 0;
  });
  return {
    train: order.filter((_, i) => held[i] === 0),
    validation: order.filter((_, i) => held[i] === 1),
  };
}
