/**
 * An inference graph as the graph that training runs: BatchNormalization by the batch's own statistics, and the
 * running ones carried on as PyTorch carries them.
 */
import type { Graph, Node, ValueInfo } from "../onnx/ir.ts";
import { tensor } from "../tensor/tensor.ts";
import { float, int, intOf } from "./attributes.ts";
import { fail } from "./errors.ts";
import { inferShapes } from "./shapes/index.ts";

/** The output that carries the next value of an input: feed it back under the input's name. */
export const nextName = (name: string): string => `next/${name}`;

export interface ToTrainingOptions {
  readonly dimensions?: Readonly<Record<string, number>>;
  /**
   * PyTorch's momentum of running statistics: the weight of the new batch. A number, or the name of a scalar input that
   * every step is fed: 1 / (1 + k + k^2 + ... + k^t) at step t, counted from 1, is the average that does not lean
   * on where the statistics began.
   */
  readonly momentum?: number | { readonly input: string };
  /** BatchNormalization nodes to leave in inference mode, by their statistics' name. */
  readonly frozen?: (runningMean: string) => boolean;
}

export interface TrainingGraph {
  readonly graph: Graph;
  /** The running statistics, each of which the graph answers anew under `nextName`. */
  readonly statistics: readonly string[];
}

/**
 * running' = (1 - momentum) running + momentum batch, the batch's variance unbiased: over n - 1 of a channel's n values.
 * @throws GraphError on a channel with a single value, on Dropout, on statistics that two nodes share.
 */
export function toTraining(
  graph: Graph,
  { dimensions = {}, momentum = 0.1, frozen }: ToTrainingOptions = {},
): TrainingGraph {
  const infos = inferShapes(graph, dimensions);
  const statistics: string[] = [];
  const outputs: ValueInfo[] = [];
  const initializers = new Map(graph.initializers);
  const scalar = (name: string, number: number) => {
    initializers.set(name, tensor("float32", [], Float32Array.of(number)));
    return name;
  };
  const nodes = graph.nodes.flatMap((node): Node[] => {
    if (node.opType === "Dropout") fail(node, "Dropout cannot be trained here: take it out of the graph");
    if (node.opType !== "BatchNormalization" || intOf(node, "training_mode", 0)) return [node];
    const running = node.inputs.slice(3, 5) as [string, string];
    if (frozen?.(running[0])) return [node];
    const x = infos.get(node.inputs[0]!)!.shape;
    const count = x.reduce((product, size, axis) => (axis === 1 ? product : product * size), 1);
    if (count < 2)
      fail(
        node,
        `its input [${x}] has one value a channel, which has no variance: use a larger batch or image`,
      );
    const batch = running.map((name) => `${name}/batch`);
    const following = running.flatMap((name, i) => {
      if (statistics.includes(name))
        fail(node, `the running statistics '${name}' belong to another node already`);
      statistics.push(name);
      outputs.push({ name: nextName(name), dtype: "float32", shape: [x[1]!] });
      const unbiased = i === 0 ? 1 : count / (count - 1);
      const kept = `${name}/kept`;
      const fresh = `${name}/fresh`;
      const made = (opType: string, inputs: string[], output: string): Node => ({
        opType,
        name: output,
        inputs,
        outputs: [output],
        attributes: {},
      });
      const multiply = (input: string, by: number, output: string): Node =>
        made("Mul", [input, scalar(`${output}/by`, by)], output);
      const mixed =
        typeof momentum === "number"
          ? [multiply(name, 1 - momentum, kept), multiply(batch[i]!, momentum * unbiased, fresh)]
          : [
              made("Sub", [scalar(`${kept}/one`, 1), momentum.input], `${kept}/by`),
              made("Mul", [name, `${kept}/by`], kept),
              multiply(batch[i]!, unbiased, `${fresh}/unbiased`),
              made("Mul", [`${fresh}/unbiased`, momentum.input], fresh),
            ];
      return [
        ...mixed,
        {
          opType: "Add",
          name: nextName(name),
          inputs: [kept, fresh],
          outputs: [nextName(name)],
          attributes: {},
        },
      ];
    });
    // With ONNX's momentum at 0 its running outputs are the batch's own statistics.
    const attributes = { ...node.attributes, training_mode: int(1), momentum: float(0) };
    return [{ ...node, outputs: [node.outputs[0]!, ...batch], attributes }, ...following];
  });
  const inputs =
    typeof momentum === "number" || statistics.length === 0
      ? graph.inputs
      : [...graph.inputs, { name: momentum.input, dtype: "float32" as const, shape: [] }];
  return {
    graph: { ...graph, inputs, nodes, initializers, outputs: [...graph.outputs, ...outputs] },
    statistics,
  };
}
