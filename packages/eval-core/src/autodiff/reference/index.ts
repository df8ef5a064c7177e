/**
 * The plain reference: every operator that the autodiff room knows, in float64, one function an operator, with
 * no thought of speed. Gradient rules are held against finite differences in it, and onnxruntime against its
 * answers.
 */
import type { Graph } from "../../onnx/ir.ts";
import { GraphError } from "../errors.ts";
import { convolution } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import type { Kernel } from "./kernel.ts";
import { linear } from "./linear.ts";
import { normalisation } from "./normalisation.ts";
import { pooling } from "./pooling.ts";
import { reduction } from "./reduction.ts";
import { resize } from "./resize.ts";
import { shape } from "./shape.ts";
import { fromTensor, type Value } from "./value.ts";

export const kernels = {
  ...elementwise,
  ...linear,
  ...convolution,
  ...pooling,
  ...normalisation,
  ...reduction,
  ...resize,
  ...shape,
  ...indexing,
} satisfies Record<string, Kernel>;

/** Every operator that the reference computes. */
export type KnownOp = keyof typeof kernels;

export const isKnownOp = (opType: string): opType is KnownOp => Object.hasOwn(kernels, opType);

/**
 * Runs a graph and answers its outputs by name.
 * @throws GraphError naming the operator that is not known, the input that is missing, or what does not fit.
 */
export function interpret(graph: Graph, feeds: ReadonlyMap<string, Value>): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const [name, initializer] of graph.initializers) values.set(name, fromTensor(initializer));
  for (const { name } of graph.inputs) {
    const fed = feeds.get(name);
    if (fed) values.set(name, fed);
    else if (!values.has(name)) throw new GraphError(`input '${name}' was not fed`);
  }
  for (const node of graph.nodes) {
    const opType = node.opType;
    if (!isKnownOp(opType)) throw new GraphError(`the interpreter does not know operator '${opType}'`);
    const kernel: Kernel = kernels[opType];
    const results = kernel(
      node.inputs.map((name) => (name === "" ? undefined : values.get(name))),
      node,
    );
    for (const [i, name] of node.outputs.entries()) {
      const result = results[i];
      if (name !== "" && result) values.set(name, result);
    }
  }
  return new Map(
    graph.outputs.map(({ name }) => {
      const result = values.get(name);
      if (!result) throw new GraphError(`output '${name}' is made by no node`);
      return [name, result] as const;
    }),
  );
}

export * from "./value.ts";
