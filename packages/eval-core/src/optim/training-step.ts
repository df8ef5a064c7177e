/**
 * One step of training as one graph: loss, gradients and the optimiser's update, to be run again and again with
 * its own outputs fed back.
 *
 * Names: a trained weight `w` is an input `w` and comes out as `next/w`; its optimiser state is `w/momentum` (or
 * `w/mean` and `w/square`) and comes out as `next/w/momentum`; running statistics of BatchNormalization likewise.
 * The scalars `learningRate`, `weightDecay` and, for Adam, `step` are inputs of shape []. All other inputs and
 * outputs are those of the graph that was given.
 */

import { differentiate, type Emitter, gradientName, nextName, toTraining } from "../autodiff/index.ts";
import { int } from "../onnx/attributes.ts";
import type { Graph } from "../onnx/ir.ts";
import { type AnyTensor, sizeOf, tensor } from "../tensor/tensor.ts";
import type { Optimizer } from "./optimizer.ts";

export interface TrainingStepOptions {
  /** The scalar output to descend. */
  readonly loss: string;
  readonly optimizer: Optimizer;
  /** The weights to train: `trainableWeights` of the network as it was before its loss, for instance. */
  readonly parameters: readonly string[];
  /** Weights to leave as they are; nothing is computed for them. Their BatchNormalization runs in inference mode. */
  readonly frozen?: (name: string) => boolean;
  /** The weights that weight decay applies to; all, unless told. */
  readonly decayed?: (name: string) => boolean;
  /** As `toTraining` takes it. */
  readonly momentum?: number | { readonly input: string };
  readonly dimensions?: Readonly<Record<string, number>>;
  /** As `gradient` takes it. */
  readonly forCpu?: boolean;
  /** Answer the gradients too, under `gradient/` and the weight's name. */
  readonly gradients?: boolean;
  /** Inputs of the graph whose gradients are answered, under `gradient/` and the input's name. */
  readonly inputGradients?: readonly string[];
}

export interface TrainingStep {
  readonly graph: Graph;
  readonly parameters: readonly string[];
  /** What to keep between runs: output to input, as a session's `run` takes it. */
  readonly carried: Readonly<Record<string, string>>;
  /** The state before the first step, by input: the graph's own weights and statistics, zeros for the optimiser. */
  readonly initial: ReadonlyMap<string, AnyTensor>;
}

const statisticsOf = (graph: Graph): Set<string> =>
  new Set(graph.nodes.filter((n) => n.opType === "BatchNormalization").flatMap((n) => n.inputs.slice(3, 5)));

/** Every float32 initializer that is not a running statistic. */
export function trainableWeights(graph: Graph): string[] {
  const statistics = statisticsOf(graph);
  return [...graph.initializers]
    .filter(([name, { dtype }]) => dtype === "float32" && !statistics.has(name))
    .map(([name]) => name);
}

/**
 * @param graph in inference form, weights as initializers, with a scalar loss among its outputs.
 * @throws GraphError as `gradient` and `toTraining` do.
 */
export function trainingStep(graph: Graph, options: TrainingStepOptions): TrainingStep {
  const { loss, optimizer, frozen = () => false, decayed = () => true, dimensions = {}, momentum } = options;
  const { inputGradients = [] } = options;
  const parameters = options.parameters.filter((name) => !frozen(name));
  const training = toTraining(graph, { dimensions, frozen, ...(momentum === undefined ? {} : { momentum }) });
  const carriedNames = [...training.statistics];
  const { emitter: e, gradients } = differentiate(asInputs(training.graph, training.statistics), {
    loss,
    wrt: [...parameters, ...inputGradients],
    dimensions,
    ...(options.forCpu ? { forCpu: true } : {}),
  });
  for (const name of optimizer.scalars) e.input(name, { dtype: "float32", shape: [] });
  const initial = new Map<string, AnyTensor>();
  for (const name of training.statistics) initial.set(name, initializerOf(graph, name));
  const outputs = training.graph.outputs.map((output) => output.name);
  for (const parameter of parameters) {
    const shape = e.shape(parameter);
    initial.set(parameter, initializerOf(graph, parameter));
    carriedNames.push(parameter);
    for (const slot of optimizer.slots) {
      const name = e.input(slotName(parameter, slot), { dtype: "float32", shape });
      initial.set(name, tensor("float32", shape, new Float32Array(sizeOf(shape))));
      carriedNames.push(name);
    }
    if (options.gradients) {
      rename(e, gradients.get(parameter)!, gradientName(parameter));
      outputs.push(gradientName(parameter));
    }
  }
  for (const name of inputGradients) {
    rename(e, gradients.get(name)!, gradientName(name));
    outputs.push(gradientName(name));
  }
  const small = options.forCpu ? parameters.filter((name) => e.size(name) <= LARGEST_SMALL) : [];
  const together = [small.filter(decayed), small.filter((name) => !decayed(name))];
  for (const names of [...together, ...parameters.filter((name) => !small.includes(name)).map((n) => [n])]) {
    if (names.length === 0) continue;
    for (const name of updated(e, names, gradients, optimizer, decayed(names[0]!))) outputs.push(name);
  }
  const carried = Object.fromEntries(carriedNames.map((name) => [nextName(name), name]));
  return { graph: e.build(outputs, graph.metadata), parameters, carried, initial };
}

/** The small parameters of a network are hundreds: an update of each is more operators than the rest of a step. */
const LARGEST_SMALL = 1 << 13;

const slotName = (parameter: string, slot: string): string => `${parameter}/${slot}`;

/** Updates some parameters, end to end as one vector where they are several; answers the names of what comes next. */
function updated(
  e: Emitter,
  parameters: readonly string[],
  gradients: ReadonlyMap<string, string>,
  optimizer: Optimizer,
  decayed: boolean,
): string[] {
  const joined = (values: readonly string[]) =>
    values.length === 1
      ? values[0]!
      : e.concat(
          values.map((value) => e.reshape(value, [e.size(value)])),
          0,
        );
  e.scope = `update(${parameters[0]})`;
  const slots = optimizer.slots.map((slot) => parameters.map((name) => slotName(name, slot)));
  const gradient = joined(parameters.map((name) => gradients.get(name)!));
  const { next, state } = optimizer.update(e, joined(parameters), gradient, slots.map(joined), decayed);
  const values = [parameters, ...slots].flatMap((names, i) => {
    const value = i === 0 ? next : state[i - 1]!;
    const parts =
      names.length === 1
        ? [value]
        : e.ops("Split", [value, e.ints(names.map(e.size))], names.length, { axis: int(0) });
    return names.map((name, at) => [name, e.reshape(parts[at]!, e.shape(name))] as const);
  });
  e.scope = "";
  for (const [name, value] of values) rename(e, value, nextName(name));
  return values.map(([name]) => nextName(name));
}

const rename = (e: Emitter, from: string, to: string): void =>
  e.append({ opType: "Identity", name: to, inputs: [from], outputs: [to], attributes: {} });

/** Some initializers as plain inputs: they change from step to step. */
function asInputs(graph: Graph, names: readonly string[]): Graph {
  const initializers = new Map(graph.initializers);
  const inputs = [...graph.inputs];
  for (const name of names) {
    const { dtype, shape } = initializerOf(graph, name);
    initializers.delete(name);
    if (!inputs.some((input) => input.name === name)) inputs.push({ name, dtype, shape });
  }
  return { ...graph, initializers, inputs };
}

function initializerOf(graph: Graph, name: string): AnyTensor {
  const found = graph.initializers.get(name);
  if (!found) throw new RangeError(`'${name}' must be a weight of graph '${graph.name}' to be trained`);
  return found;
}
