/** What a reader of one published layout takes and answers. */
import type { Splits } from "../dataset.ts";
import type { DatasetRoot } from "../root.ts";

export interface Reading {
  /** Which layout was found, in words. */
  readonly layout: string;
  /** Where the splits come from, in words. */
  readonly splitRule: string;
  readonly classes: readonly string[];
  readonly splits: Splits;
  /** Files that the dataset's lists name and that are not there. */
  readonly missing: readonly string[];
  /** Images that lie there and are not read, a sentence each: of other formats, or in folders that are no class or split. */
  readonly unread?: readonly string[];
}

export type Reader = (root: DatasetRoot) => Promise<Reading>;
