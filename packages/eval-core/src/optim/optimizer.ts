/**
 * What every optimiser in a graph is: for one parameter, its gradient and its state, the nodes that make the next
 * ones. Learning rate, weight decay and step are inputs of the graph, so one graph serves a whole search.
 */
import type { Emitter } from "../autodiff/index.ts";

/** Scalar inputs that a training step may have; a graph has those its optimiser reads. */
export const LEARNING_RATE = "learningRate";
export const WEIGHT_DECAY = "weightDecay";
/** How many steps have been made, this one included: 1 at the first. */
export const STEP = "step";
/** Momentum of batch norm's running statistics, in a graph that is fed it every step. */
export const STATISTICS_MOMENTUM = "statisticsMomentum";

export interface Update {
  /** The parameter's next value. */
  readonly next: string;
  /** The next value of each state tensor, in the optimiser's order. */
  readonly state: readonly string[];
}

export interface Optimizer {
  readonly name: string;
  /** The scalar inputs it reads. */
  readonly scalars: readonly string[];
  /** State tensors a parameter has, each of its shape and zero at first, by the suffix of their name. */
  readonly slots: readonly string[];
  /** @param decayed whether the parameter has weight decay: biases and normalisation often have none. */
  update(
    e: Emitter,
    parameter: string,
    gradient: string,
    state: readonly string[],
    decayed?: boolean,
  ): Update;
}
