/** How heads start, in the words of the papers' code. */
import type { Initialiser } from "./layers.ts";

export const ZERO: Initialiser = { kind: "constant", value: 0 };

/** Normal with deviation sqrt(2 / fan_in) (He et al., 2015), fan_in = inputs * kernel area. */
export const heNormal = (fanIn: number): Initialiser => ({ kind: "normal", deviation: Math.sqrt(2 / fanIn) });

/** Uniform within sqrt(3 / fan_in): detectron2's `c2_xavier_fill`. */
export const xavierUniform = (fanIn: number): Initialiser => ({
  kind: "uniform",
  bound: Math.sqrt(3 / fanIn),
});

/** Uniform within 1 / sqrt(fan_in): the bias of a layer of torch.nn, unless told otherwise. */
export const torchBias = (fanIn: number): Initialiser => ({ kind: "uniform", bound: 1 / Math.sqrt(fanIn) });
