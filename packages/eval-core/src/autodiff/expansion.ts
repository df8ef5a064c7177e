/**
 * Operators rewritten into simpler ones before differentiation: those that opset 18 lacks, and those of any number
 * of inputs that are chains of two.
 */
import type { Node } from "../onnx/ir.ts";
import { stringOf } from "./attributes.ts";
import type { Emitter } from "./emitter.ts";

/** A node `opType` of `inputs` that makes `output`. */
const node = (opType: string, inputs: readonly string[], output: string): Node => ({
  opType,
  name: output,
  inputs,
  outputs: [output],
  attributes: {},
});

function chain(opType: string, { inputs, outputs }: Node, e: Emitter): Node[] {
  const nodes: Node[] = [];
  let so = inputs[0]!;
  for (let i = 1; i < inputs.length; i++) {
    const last = i === inputs.length - 1;
    const output = last ? outputs[0]! : e.fresh(`${outputs[0]}/${opType.toLowerCase()}`);
    nodes.push(node(opType, [so, inputs[i]!], output));
    so = output;
  }
  return inputs.length === 1 ? [node("Identity", inputs, outputs[0]!)] : nodes;
}

/** x/2 (1 + erf(x / sqrt 2)), or with tanh(sqrt(2/pi) (x + 0.044715 x^3)) in place of erf. */
function gelu(original: Node, e: Emitter): Node[] {
  const x = original.inputs[0]!;
  const y = original.outputs[0]!;
  const nodes: Node[] = [];
  const make = (
    opType: string,
    inputs: readonly string[],
    output = e.fresh(`${y}/${opType.toLowerCase()}`),
  ) => {
    nodes.push(node(opType, inputs, output));
    return output;
  };
  const number = (v: number) => e.scalar(v, x);
  let curve: string;
  if (stringOf(original, "approximate", "none") === "tanh") {
    const cube = make("Mul", [make("Mul", [x, x]), x]);
    const inner = make("Add", [x, make("Mul", [cube, number(0.044715)])]);
    curve = make("Tanh", [make("Mul", [inner, number(Math.sqrt(2 / Math.PI))])]);
  } else {
    curve = make("Erf", [make("Mul", [x, number(Math.SQRT1_2)])]);
  }
  make("Mul", [make("Mul", [x, number(0.5)]), make("Add", [curve, number(1)])], y);
  return nodes;
}

export function expand(original: Node, e: Emitter): readonly Node[] {
  switch (original.opType) {
    case "Gelu":
      return gelu(original, e);
    case "Sum":
      return chain("Add", original, e);
    case "Min":
    case "Max":
      return original.inputs.length === 2 ? [original] : chain(original.opType, original, e);
    default:
      return [original];
  }
}
