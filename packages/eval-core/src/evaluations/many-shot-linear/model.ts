/** What the evaluation asks of a way to fit: the optimum, or scikit-learn's path. */
import type { CheckedSplit } from "./input.ts";
import type { Refit } from "./record.ts";

export type Splits = Readonly<Record<"train" | "val" | "test", CheckedSplit>>;

export interface ModelFit extends Refit {
  readonly solution: Float64Array;
}

export interface LinearModel extends AsyncDisposable {
  /** The weight decays in the order in which they are to be fitted. */
  readonly order: readonly number[];
  /** How many earlier solutions a fit looks at. */
  readonly lookBack: number;
  /** @param earlier solutions of the sweep to start from, newest first */
  fit(
    on: "train" | "train+val",
    weightDecay: number,
    earlier: readonly Float64Array[],
    onIteration?: () => void,
  ): Promise<ModelFit>;
  /** samples x classes, of the latest kind of fit */
  logits(of: "val" | "test", solution: Float64Array): Promise<Float64Array>;
}
