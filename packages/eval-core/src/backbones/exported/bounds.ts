/**
 * Whether an exported graph may run here: known operators, and sizes with bounds. Looked at before anything runs; what
 * only the image's shape decides is bounded afterwards, by the memory of the process that runs it.
 */
import { CheckpointError, quoted } from "../../checkpoints/errors.ts";
import type { Graph, Node } from "../../onnx/ir.ts";
import { type Knowledge, knowledgeOf } from "./knowledge.ts";
import { objectionTo } from "./operators.ts";

/** The largest networks exported have some ten thousand. */
const MOST_NODES = 50_000;
/** Of one value: 1 GB in float32. */
const MOST_ELEMENTS = 2 ** 28;
/** Of an image, a kernel, a stride, a padding. */
const MOST_ALONG_AXIS = 2 ** 16;
/** How many times its input a resized or repeated value may have. */
const MOST_GROWTH = 2 ** 16;
/** What onnxruntime knows. */
const OPSETS = [7, 25] as const;

const count = (values: readonly number[]) =>
  values.reduce((product, n) => product * Math.max(1, Math.abs(n)), 1);

/** What makes a value larger than its inputs: which input says how large, by position, and how to read it. */
const growing: Readonly<
  Record<
    string,
    readonly { readonly input: number; readonly most: number; size(values: readonly number[]): number }[]
  >
> = {
  ConstantOfShape: [{ input: 0, most: MOST_ELEMENTS, size: count }],
  Expand: [{ input: 1, most: MOST_ELEMENTS, size: count }],
  Tile: [{ input: 1, most: MOST_GROWTH, size: count }],
  Pad: [{ input: 1, most: MOST_ALONG_AXIS, size: (pads) => Math.max(0, ...pads.map(Math.abs)) }],
  OneHot: [{ input: 1, most: MOST_ALONG_AXIS, size: count }],
  Upsample: [{ input: 1, most: MOST_GROWTH, size: count }],
  Resize: [
    // Until opset 10 the scales, since then a region within 0 and 1.
    { input: 1, most: MOST_GROWTH, size: count },
    { input: 2, most: MOST_GROWTH, size: count },
    { input: 3, most: MOST_ELEMENTS, size: count },
  ],
};

/** @throws CheckpointError in one sentence that names the node */
export function requireBounded(graph: Graph): void {
  const { nodes, opset, inputs, initializers } = graph;
  if (nodes.length > MOST_NODES)
    throw new CheckpointError(`its graph has ${nodes.length} nodes: at most ${MOST_NODES} are run`);
  if (opset < OPSETS[0] || opset > OPSETS[1])
    throw new CheckpointError(`its graph is of opset ${opset}: ${OPSETS.join(" to ")} are run`);
  for (const { name, shape } of inputs) requireAxes(`its input ${quoted(name)}`, shape);
  for (const [name, { shape }] of initializers) {
    // Its data are in the file, so that only an empty one can claim an axis that is none.
    if (shape.some((size) => size > MOST_ELEMENTS))
      throw new CheckpointError(`its constant ${quoted(name)} [${shape}] is too large`);
  }
  const known = knowledgeOf(graph);
  nodes.forEach((node, index) => {
    const where = `its node ${index} (${quoted(node.opType)}${node.name ? ` ${quoted(node.name)}` : ""})`;
    const objection = objectionTo(node);
    if (objection) throw new CheckpointError(`${where} ${objection}`);
    requireSmallAttributes(where, node);
    for (const { input, most, size } of growing[node.opType] ?? []) {
      const name = node.inputs[input];
      if (name) requireSize(where, known.get(name)!, most, size);
    }
    if (node.opType === "Range") requireRange(where, node, known);
  });
}

function requireAxes(what: string, shape: readonly (number | string)[]): void {
  const large = shape.find((size) => typeof size === "number" && size > MOST_ALONG_AXIS);
  if (large !== undefined)
    throw new CheckpointError(`${what} has an axis of ${large}: at most ${MOST_ALONG_AXIS} are run`);
}

/** Kernels, strides, paddings, scales and sizes that are written into a node. */
function requireSmallAttributes(where: string, { attributes }: Node): void {
  for (const name of [
    "kernel_shape",
    "strides",
    "pads",
    "dilations",
    "output_shape",
    "output_padding",
    "scales",
  ]) {
    const attribute = attributes[name];
    if (attribute?.type !== "ints" && attribute?.type !== "floats") continue;
    const large = attribute.value.find((size) => Math.abs(size) > MOST_ALONG_AXIS);
    if (large !== undefined)
      throw new CheckpointError(`${where} has ${name} ${large}: at most ${MOST_ALONG_AXIS} is run`);
  }
}

function requireSize(
  where: string,
  knowledge: Knowledge,
  most: number,
  size: (values: readonly number[]) => number,
): void {
  if (knowledge.from === "shape") return;
  if (knowledge.from === "pixels")
    throw new CheckpointError(`${where} answers as much as the image's own values say: that has no bound`);
  if (knowledge.values === undefined)
    throw new CheckpointError(
      `${where} answers as much as constants say by a computation that is not followed here`,
    );
  const found = size(knowledge.values);
  if (!(found <= most))
    throw new CheckpointError(`${where} would make a value of ${found} by its sizes: at most ${most} is run`);
}

function requireRange(where: string, { inputs }: Node, known: ReadonlyMap<string, Knowledge>): void {
  const [start, limit, delta] = inputs.map((name) => known.get(name));
  const all = [start, limit, delta];
  if (all.some((one) => one?.from === "pixels"))
    throw new CheckpointError(`${where} answers as much as the image's own values say: that has no bound`);
  if (all.some((one) => one?.from === "shape")) return;
  const [from, to, by] = all.map((one) => (one?.from === "constants" ? one.values?.[0] : undefined));
  if (from === undefined || to === undefined || by === undefined)
    throw new CheckpointError(
      `${where} answers as much as constants say by a computation that is not followed here`,
    );
  const length = Math.max(0, Math.ceil((to - from) / by));
  if (!(length <= MOST_ELEMENTS))
    throw new CheckpointError(`${where} would make ${length} values: at most ${MOST_ELEMENTS} are run`);
}
