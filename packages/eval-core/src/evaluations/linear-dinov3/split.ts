/** DINOv3's validation rows where a dataset has none of its own: a tenth of each class. */
import { torchPermutation } from "../../tensor/index.ts";
import { type LabelledRows, type ProbeRows, pick } from "../probes/rows.ts";
import { ProtocolError } from "../protocol-error.ts";

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

export interface ChoiceRows {
  readonly train: LabelledRows;
  readonly validation: LabelledRows;
}

/** What is fitted on and what C is chosen by: the dataset's own validation, or DINOv3's tenth of each class. */
export function choiceRows(
  { train, validation }: Pick<ProbeRows, "train" | "validation">,
  title: string,
): ChoiceRows {
  return validation ? { train, validation } : heldOut(train, title);
}

/** @throws ProtocolError where every class has one image */
export function heldOut(train: LabelledRows, title: string): ChoiceRows {
  const split = splitByClass(train.y);
  if (split.validation.length === 0) {
    throw new ProtocolError(
      `every class of ${title} has one training image: none can be taken for validation; add images, or a validation split`,
    );
  }
  const part = (ids: Int32Array) => ({ x: pick(train.x, ids), y: ids.map((row) => train.y[row]!) });
  return { train: part(split.train), validation: part(split.validation) };
}
