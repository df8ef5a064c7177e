/**
 * Static shape inference, opset 18: every tensor's dtype and shape before any data flows.
 *
 * Shapes that are computed inside the graph (Shape -> Gather -> Concat -> Reshape, as exporters write them) are
 * followed by folding small constants with the reference interpreter.
 */
import type { Graph, Node } from "../../onnx/ir.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { intOf } from "../attributes.ts";
import { fail, GraphError } from "../errors.ts";
import { type KnownOp, kernels } from "../reference/index.ts";
import type { Kernel } from "../reference/kernel.ts";
import { fromTensor, type Value, value } from "../reference/value.ts";
import { elementwise } from "./elementwise.ts";
import { layers } from "./layers.ts";
import { movement } from "./movement.ts";
import type { Info, ShapeRule } from "./rule.ts";

export type { Info } from "./rule.ts";

export const shapeRules: Readonly<Record<KnownOp, ShapeRule>> = { ...elementwise, ...layers, ...movement };

export const isSupportedOp = (opType: string): opType is KnownOp => Object.hasOwn(shapeRules, opType);

/** Above this many elements a constant is left to the runtime: folding is for shapes, masks and small tables. */
const LARGEST_FOLDED = 1 << 16;

export interface Known {
  readonly info: Info;
  /** The data, where it is a small constant. */
  readonly constant?: Value;
}

/** Infers a node's outputs, and folds them where everything it reads is a small constant. */
export function inferNode(node: Node, lookup: (name: string) => Known | undefined): Known[] {
  const { opType } = node;
  if (node.domain || !isSupportedOp(opType)) {
    fail(
      node,
      `operator '${node.domain ? `${node.domain}.` : ""}${opType}' is not supported; supported are ${Object.keys(shapeRules).sort().join(", ")}`,
    );
  }
  const inputs = node.inputs.map((name) => {
    if (name === "") return undefined;
    return lookup(name) ?? fail(node, `input '${name}' is made by nothing before it`);
  });
  const infos = shapeRules[opType]({
    node,
    inputs: inputs.map((known) => known?.info),
    numbers: (position) => {
      const known = inputs[position];
      if (!known) return undefined;
      if (!known.constant)
        fail(node, `input '${node.inputs[position]}' must be a constant: shapes here are static`);
      return [...known.constant.data];
    },
  });
  const size = infos.reduce((total, info) => total + sizeOf(info.shape), 0);
  if (opType === "Shape") {
    const all = inputs[0]!.info.shape;
    const sizes = all.slice(intOf(node, "start", 0), intOf(node, "end", all.length));
    return [{ info: infos[0]!, constant: value("int64", [sizes.length], sizes) }];
  }
  if (size > LARGEST_FOLDED || inputs.some((known, i) => node.inputs[i] !== "" && !known?.constant))
    return infos.map((info) => ({ info }));
  const kernel: Kernel = kernels[opType];
  const results = kernel(
    inputs.map((known) => known?.constant),
    node,
  );
  return infos.map((info, i) => {
    const constant = results[i];
    return constant ? { info, constant } : { info };
  });
}

/** A graph's input as a static shape. @throws GraphError naming the symbolic dimension that was not given. */
export function bindShape(
  name: string,
  shape: readonly (number | string)[],
  dimensions: Readonly<Record<string, number>>,
): number[] {
  return shape.map((d) => {
    if (typeof d === "number") return d;
    const bound = dimensions[d];
    if (bound === undefined)
      throw new GraphError(
        `dimension '${d}' of input '${name}' has no size: give it one, as in { dimensions: { ${d}: 8 } }`,
      );
    return bound;
  });
}

/**
 * The dtype and shape of every tensor of a graph.
 * @param dimensions the sizes of its symbolic dimensions.
 * @throws GraphError naming operator, node, tensor and dimension of the first thing that does not fit.
 */
export function inferShapes(
  graph: Graph,
  dimensions: Readonly<Record<string, number>> = {},
): Map<string, Info> {
  const known = new Map<string, Known>();
  for (const { name, dtype, shape } of graph.inputs) {
    known.set(name, { info: { dtype, shape: bindShape(name, shape, dimensions) } });
  }
  for (const [name, initializer] of graph.initializers) {
    const info = { dtype: initializer.dtype, shape: initializer.shape };
    const small = sizeOf(initializer.shape) <= LARGEST_FOLDED;
    known.set(name, small ? { info, constant: fromTensor(initializer) } : { info });
  }
  for (const node of graph.nodes) {
    const outputs = inferNode(node, (name) => known.get(name));
    for (const [i, name] of node.outputs.entries()) {
      const output = outputs[i];
      if (name !== "" && output) known.set(name, output);
    }
  }
  return new Map([...known].map(([name, { info }]) => [name, info]));
}
