/**
 * What is known of a graph's values before it runs: which follow from constants alone, and the small ones among them,
 * number by number; which follow from the image's shape; which from its pixels. A runtime computes what follows from
 * constants while it loads, so that this must be bounded before.
 */
import type { Graph, Node } from "../../onnx/ir.ts";
import type { AnyTensor } from "../../tensor/tensor.ts";

export type Knowledge =
  /** Follows from constants; `values` where they are few and could be told. */
  | { readonly from: "constants"; readonly values?: readonly number[]; readonly rank?: number }
  | { readonly from: "shape" }
  | { readonly from: "pixels" };

/** Shapes, axes and scales have fewer numbers. */
const FEW = 1024;

const unknown: Knowledge = { from: "constants" };

function ofTensor({ shape, data }: AnyTensor): Knowledge {
  return data.length > FEW
    ? unknown
    : {
        from: "constants",
        values: Array.from(data as ArrayLike<number | bigint>, Number),
        rank: shape.length,
      };
}

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
  Pow: (a, b) => a ** b,
};
const elementwise: Readonly<Record<string, (a: number) => number>> = {
  Identity: (a) => a,
  Cast: (a) => a,
  Neg: (a) => -a,
  Abs: Math.abs,
  Ceil: Math.ceil,
  Floor: Math.floor,
};
/** The same numbers in another shape. */
const reshaped = new Set(["Unsqueeze", "Squeeze", "Reshape", "Flatten"]);

/** The values of a node whose inputs are all known, or undefined for what is not computed here. */
function evaluated(
  { opType, attributes }: Node,
  inputs: readonly (readonly number[])[],
): number[] | undefined {
  const [a = [], b = []] = inputs;
  const own = attributes.value;
  if (opType === "Constant") {
    if (own?.type === "tensor") return undefined;
    const list = attributes.value_ints ?? attributes.value_floats;
    if (list?.type === "ints" || list?.type === "floats") return [...list.value];
    const one = attributes.value_int ?? attributes.value_float;
    return one?.type === "int" || one?.type === "float" ? [one.value] : undefined;
  }
  const one = elementwise[opType];
  if (one) return a.map(one);
  if (reshaped.has(opType)) return [...a];
  const two = arithmetic[opType];
  if (two && inputs.length === 2 && (a.length === b.length || a.length === 1 || b.length === 1)) {
    const length = Math.max(a.length, b.length);
    return Array.from({ length }, (_, i) => two(a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!));
  }
  if (opType === "Concat") return inputs.flat();
  if (opType === "ReduceProd") return [a.reduce((product, value) => product * value, 1)];
  if (opType === "Gather") {
    const picked = b.map((at) => a[at < 0 ? at + a.length : at]);
    return picked.includes(undefined) ? undefined : (picked as number[]);
  }
  return undefined;
}

function ofNode(node: Node, inputs: readonly Knowledge[]): Knowledge {
  const { opType, attributes } = node;
  const own = attributes.value;
  if (opType === "Constant" && own?.type === "tensor") return ofTensor(own.value);
  const shapeAlone = opType === "Shape" || opType === "Size";
  if (inputs.some(({ from }) => from === "pixels")) return { from: shapeAlone ? "shape" : "pixels" };
  if (inputs.some(({ from }) => from === "shape")) return { from: "shape" };
  if (shapeAlone) return unknown;
  const values: (readonly number[])[] = [];
  for (const input of inputs) {
    if (input.from !== "constants" || input.values === undefined) return unknown;
    values.push(input.values);
  }
  const found = evaluated(node, values);
  return found === undefined || found.length > FEW ? unknown : { from: "constants", values: found };
}

/** Of every value by name, the graph's inputs taken for images. */
export function knowledgeOf({ inputs, initializers, nodes }: Graph): ReadonlyMap<string, Knowledge> {
  const known = new Map<string, Knowledge>();
  for (const { name } of inputs) known.set(name, { from: "pixels" });
  for (const [name, value] of initializers) known.set(name, ofTensor(value));
  for (const node of nodes) {
    const found = ofNode(
      node,
      node.inputs.filter((name) => name !== "").map((name) => known.get(name) ?? unknown),
    );
    for (const output of node.outputs) known.set(output, found);
  }
  return known;
}
