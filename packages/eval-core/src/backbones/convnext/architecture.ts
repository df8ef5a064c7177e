/** The facts of a ConvNeXt. */
import type { Architecture } from "../family.ts";

export interface ConvNextArchitecture extends Architecture {
  /** Blocks of each of the four stages, and their channels. */
  readonly depths: readonly number[];
  readonly widths: readonly number[];
  /** Pixels a side of the stem's patches. */
  readonly patch: 4;
  /** Global response normalisation: version 2. */
  readonly responseNorm: boolean;
  readonly layerScale: boolean;
  readonly epsilon: number;
  /** Of the last norm, which transformers gives another one. */
  readonly lastEpsilon: number;
  /** Files of self-supervised pretraining have no last norm. */
  readonly lastNorm: boolean;
}
