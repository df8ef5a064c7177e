/**
 * Feature maps with their images side by side: [C, H, N, W] in place of [N, C, H, W], so that a line of all images is
 * one long row and all pixels of a channel are one run of memory.
 *
 * A convolution of small images is then one matrix product over the pixels of all of them, wide enough for threads to
 * share, and its kernel's gradient another; a product an image would be too narrow for both. What stands between two
 * convolutions (sums, normalisation, rectifiers and their gradients) is done in the same form, here, so that nothing is
 * turned there and back: a map's usual form is a Transpose that goes unread and is pruned.
 */
import type { Node } from "../../onnx/ir.ts";
import { intOf } from "../attributes.ts";
import type { Emitter } from "../emitter.ts";
import { isAffine } from "./channelwise.ts";

const ELEMENTWISE: ReadonlySet<string> = new Set(
  [
    "Relu LeakyRelu Sigmoid HardSigmoid Tanh Exp Log Sqrt Abs Neg Reciprocal Erf Clip Identity Cast Not",
    "Add Sub Mul Div Pow Min Max And Or Where Equal Greater GreaterOrEqual Less LessOrEqual",
  ].flatMap((names) => names.split(" ")),
);
const REDUCTIONS: ReadonlySet<string> = new Set(["ReduceSum", "ReduceMean", "ReduceMax"]);

/**
 * Appends what `node` computes from maps, at least one of which is made side by side, in that form. Answers whether it
 * could: for operators that do not care where a pixel lies.
 */
export function appendSideBySide(node: Node, e: Emitter): boolean {
  if (ELEMENTWISE.has(node.opType)) return elementwise(node, e);
  if (REDUCTIONS.has(node.opType)) return reduction(node, e);
  const inference = node.opType === "BatchNormalization" && node.outputs.length === 1;
  return inference || isAffine(node, e) ? byChannel(node, e) : false;
}

function elementwise(node: Node, e: Emitter): boolean {
  const full = e.shape(node.inputs.find((name) => e.isSideBySide(name))!).join();
  const isScalar = (name: string) => name === "" || e.shape(name).length === 0;
  const fits = (name: string) => {
    const shape = e.shape(name);
    return shape.length === 4 && (shape.join() === full || shape.filter((size) => size !== 1).length <= 1);
  };
  if (!node.inputs.every((name) => isScalar(name) || fits(name))) return false;
  const moved = node.inputs.map((name) => (isScalar(name) ? name : e.sideBySide(name)));
  e.toNchw(e.op(node.opType, moved, node.attributes), node.outputs[0]);
  return true;
}

/** Over the pixels of all images: one run of memory a channel. */
function reduction(node: Node, e: Emitter): boolean {
  const [x, axes] = node.inputs as [string, string];
  if (!e.isSideBySide(x) || !axes || [...(e.constant(axes)?.data ?? [])].sort().join() !== "0,2,3")
    return false;
  const channels = e.shape(x)[1]!;
  const rows = e.reshape(e.sideBySide(x), [channels, e.size(x) / channels]);
  if (intOf(node, "keepdims", 1) === 0) {
    e.append({ ...node, inputs: [rows, e.ints([1])] });
    return true;
  }
  const reduced = e.op(node.opType, [rows, e.ints([1])], node.attributes);
  const inputs = [reduced, e.ints([1, channels, 1, 1])];
  e.append({ opType: "Reshape", name: node.outputs[0]!, inputs, outputs: node.outputs, attributes: {} });
  return true;
}

/** What works channel by channel by numbers given for each: the images of a channel as one image. */
function byChannel(node: Node, e: Emitter): boolean {
  const [x, ...parameters] = node.inputs as [string, ...string[]];
  if (!e.isSideBySide(x) || parameters.some((name) => e.isSideBySide(name))) return false;
  const map = e.sideBySide(x);
  const [channels, height, batch, width] = e.shape(map) as [number, number, number, number];
  const one = e.reshape(map, [1, channels, height, batch * width]);
  const made = e.op(node.opType, [one, ...parameters], node.attributes);
  e.toNchw(e.reshape(made, [channels, height, batch, width]), node.outputs[0]);
  return true;
}
