/** What changes a network and is in neither the names nor the shapes of its tensors. */

/** erf GELU; its tanh approximation; x sigmoid(1.702 x). */
export type Activation = "gelu" | "gelu-tanh" | "quick-gelu";

/** How positions are resized to another grid: `vit/positions.ts` has the formulas. */
export type Interpolation = "size" | "offset" | "antialias";

export interface Choice<T extends string | number = string | number> {
  readonly value: T;
  /** Where it was taken from: "--heads", "config.json", "width / 64". */
  readonly from: string;
}
