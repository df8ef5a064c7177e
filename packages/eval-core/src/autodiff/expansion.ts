/**
 * Operators rewritten into simpler ones before differentiation: those that opset 18 lacks, those of any number of
 * inputs that are chains of two, and those that are another with its axes arranged.
 */
import type { Attributes } from "../onnx/builder.ts";
import type { Node } from "../onnx/ir.ts";
import { float, floatOf, int, stringOf } from "./attributes.ts";
import type { Emitter } from "./emitter.ts";

/** A node `opType` of `inputs` that makes `output`. */
const node = (
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: Attributes = {},
): Node => ({ opType, name: output, inputs, outputs: [output], attributes });

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

/**
 * Statistics of each image and channel alone: batch norm's, with the images' channels [N, C, ...] as those of one image
 * [1, NC, ...]. PyTorch exports group normalisation as this too, its groups as channels.
 */
function instanceNormalization(original: Node, e: Emitter): Node[] {
  const [x, ...parameters] = original.inputs as [string, string, string];
  const [y] = original.outputs as [string];
  const [n, channels, ...sizes] = e.shape(x) as [number, number, ...number[]];
  const nodes: Node[] = [];
  const make = (
    opType: "Reshape" | "Expand",
    a: string,
    shape: readonly number[],
    output = e.fresh(`${y}/${opType.toLowerCase()}`),
  ) => {
    // A size of 0 is one to copy from the input, unless it is allowed.
    const attributes = opType === "Reshape" && shape.includes(0) ? { allowzero: int(1) } : {};
    nodes.push(node(opType, [a, e.ints(shape)], output, attributes));
    return output;
  };
  const one = make("Reshape", x, [1, n * channels, ...sizes]);
  const repeated = parameters.map((p) =>
    n === 1 ? p : make("Reshape", make("Expand", p, [n, channels]), [n * channels]),
  );
  // In training mode the running statistics change nothing but themselves.
  const running = e.zeros([n * channels], x);
  const normal = e.fresh(`${y}/normal`);
  nodes.push(
    node("BatchNormalization", [one, ...repeated, running, running], normal, {
      epsilon: float(floatOf(original, "epsilon", 1e-5)),
      training_mode: int(1),
    }),
  );
  make("Reshape", normal, e.shape(x), y);
  return nodes;
}

export function decompose(original: Node, e: Emitter): readonly Node[] {
  switch (original.opType) {
    case "Gelu":
      return gelu(original, e);
    case "InstanceNormalization":
      return instanceNormalization(original, e);
    case "Sum":
      return chain("Add", original, e);
    case "Min":
    case "Max":
      return original.inputs.length === 2 ? [original] : chain(original.opType, original, e);
    default:
      return [original];
  }
}
