/** What the evaluation asks of a way to fit: the optimum, or scikit-learn's path. */
import type { CheckedSplit } from "./linear-input.ts";
import type { Refit } from "./linear-record.ts";

export type Splits = Readonly<Record<"train" | "val" | "test", CheckedSplit>>;

export interface ModelFit extends Refit {
  readonly solution: Float64Array;
}

/** Earlier solutions that a fit may start from. */
export interface Earlier {
  /** Newest first. */
  readonly solutions: readonly Float64Array[];
  readonly best: Float64Array | null;
}

export interface LinearModel extends AsyncDisposable {
  /** The weight decays in the order in which they are to be fitted. */
  readonly order: readonly number[];
  /** How many earlier solutions a fit looks at. */
  readonly lookBack: number;
  fit(on: "train" | "train+val", weightDecay: number, earlier: Earlier): Promise<ModelFit>;
  /** samples x classes, of the latest kind of fit */
  logits(of: "val" | "test", solution: Float64Array): Promise<Float64Array>;
}
