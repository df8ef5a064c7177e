/**
 * What reconstruction, attention and invariance look at: some pictures of each of the paper's recognition datasets, or
 * those of any folder.
 */
import type { RgbImage } from "../../images/index.ts";
import type { EvaluationData } from "../data.ts";
import type { JsonRecord } from "../evaluation.ts";

export interface Picture {
  /** Unique in its run: dataset and item, or the path inside the folder. */
  readonly id: string;
  /** @throws ImageError naming the file */
  load(): Promise<RgbImage>;
}

export interface PictureData extends EvaluationData {
  /** What a protocol says of the choice of pictures. */
  rule(seed: number): JsonRecord;
  /** Whether these are fewer than the paper's. */
  readonly isReduced: boolean;
  readonly count: number;
  /** In the run's order. */
  pictures(seed: number): readonly Picture[];
  /** What was passed over, a sentence each. */
  readonly notes: readonly string[];
}

export interface PictureOptions {
  readonly images: string | undefined;
  readonly imagesPerDataset: number;
  /** 0: all. */
  readonly limit: number;
}
