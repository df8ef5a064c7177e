/** What the two versions of CIFAR's archives have in common. */
import { type Item, makeItem } from "../dataset.ts";

const SIDE = 32;
/** Bytes of an image. */
export const LEVELS = SIDE * SIDE * 3;

export interface CifarKind {
  readonly train: readonly string[];
  readonly test: readonly string[];
  /** The file of class names, one a line. */
  readonly names: string;
  /** Label bytes before the levels; the class is the last of them. */
  readonly labelBytes: 1 | 2;
  readonly python: {
    readonly meta: string;
    readonly namesKey: string;
    readonly labelsKey: string;
  };
}

/** Images in file order; an id is the same in both versions: `data_batch_1/00000`. */
export function planesItem(batch: string, index: number, label: number, path: string, offset: number): Item {
  const id = `${batch}/${String(index).padStart(5, "0")}`;
  return makeItem(id, label, { kind: "planes", path, offset, width: SIDE, height: SIDE });
}
