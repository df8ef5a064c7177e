/**
 * What plugs into the training loop: a task says what a batch consists of, loads it, attaches heads and losses to a
 * network, and computes between the parts of a step whatever no graph computes. The loop knows nothing else of it.
 */
import type { Graph } from "../onnx/index.ts";
import type { SeededRandom } from "../tensor/index.ts";
import type { AnyTensor } from "../tensor/tensor.ts";

/** Tensors by the name of the graph's input or output. */
export type Feeds = Readonly<Record<string, AnyTensor>>;

/** Plain JSON that a checkpoint can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A network with its losses, in inference form: weights are initializers. */
export interface TrainingNetwork {
  readonly graph: Graph;
  /** The scalar output to descend; "loss" unless told. */
  readonly objective?: string;
  /** Scalar outputs that are answered every step, such as the parts of a loss; those that the graph has unless told. */
  readonly reports?: readonly string[];
  /** Initializers to train. */
  readonly parameters: readonly string[];
  /** Initializers to leave as they are, running statistics of batch norm among them: that runs in inference mode. */
  readonly frozen?: (name: string) => boolean;
  /** The parameters that weight decay applies to; all, unless told. */
  readonly decayed?: (name: string) => boolean;
  /** Sizes of the graph's symbolic dimensions. */
  readonly dimensions?: Readonly<Record<string, number>>;
}

/**
 * A place inside a step where TypeScript computes: a detector's proposals, matching, sampling and ROIAlign. The step's
 * graph is cut there. What the place reads is computed before it, and what it supplies are inputs that the rest waits
 * for. No gradient flows through it; where one must, the rest answers the gradient by a supplied input as a value,
 * and a later place reads that and supplies what it is by the place's own inputs (see `stages.ts`).
 */
export interface Between<Plan> {
  /** Values of the graph, by name; `gradient/X` is the objective's gradient by the input X that a place supplied. */
  readonly reads: readonly string[];
  /** Inputs of the graph. */
  readonly supplies: readonly string[];
  /** @param random the run's sampling stream; consumed in the order of the steps */
  compute(values: Feeds, plan: Plan, random: SeededRandom): Promise<Feeds>;
}

/** What the batches consist of, drawn strictly in their order; loading them is another's work. */
export interface BatchSource<Plan> {
  next(): Plan;
  /** Everything that `next` depends on. */
  readonly state: Json;
  /** Goes on where the state was taken. @throws when it is no state of this source's */
  restore(state: Json): void;
}

export interface TrainingTask<Plan> {
  readonly batches: BatchSource<Plan>;
  /** Batches of one key have the same sizes and share a graph. */
  key(plan: Plan): string;
  /** The network and its losses for batches of the plan's size. Initializers do not depend on the size. */
  attach(plan: Plan): TrainingNetwork;
  /** Loads the batch, in worker threads. */
  feeds(plan: Plan): Promise<Feeds>;
  readonly between?: readonly Between<Plan>[];
}
