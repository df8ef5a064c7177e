/**
 * From a graph as it was exported to a backbone: which input takes the images and which value is read, the graph cut
 * down to that, looked at (`bounds.ts`), and run once apart to see what it answers.
 */
import { createHash } from "node:crypto";
import { CheckpointError, listed, quoted } from "../../checkpoints/errors.ts";
import { int } from "../../onnx/attributes.ts";
import { GraphBuilder } from "../../onnx/builder.ts";
import { inlineGraph } from "../../onnx/inline.ts";
import type { Graph, Node, ValueInfo } from "../../onnx/ir.ts";
import { dataTypeCode } from "../../onnx/wire.ts";
import { writeModel } from "../../onnx/write.ts";
import { SeededRandom } from "../../tensor/random.ts";
import { type AnyTensor, sizeOf, type Tensor, tensor } from "../../tensor/tensor.ts";
import type { Choice } from "../choices.ts";
import type { Weights } from "../family.ts";
import { requireBounded } from "./bounds.ts";
import { asItsInput, type ExportedArchitecture, kindOf } from "./network.ts";

/** Opens a model, answers each of the feeds or says why not, closes it: in a process whose limits protect this one. */
export type Trial = (
  model: Uint8Array,
  feeds: readonly Readonly<Record<string, AnyTensor>>[],
) => Promise<readonly (Readonly<Record<string, AnyTensor>> | Error)[]>;

export interface ExportedOptions {
  /** The input that takes the images; the only one unless told. */
  readonly inputName?: string;
  /** The value that is read, an output or one within; the only output unless told. */
  readonly output?: string;
  /** Pixels a side, where the graph takes any. */
  readonly inputSize?: number;
  /** Runs a graph to see what it answers. */
  readonly trial?: Trial;
}

export interface OpenedGraph {
  readonly architecture: ExportedArchitecture;
  readonly inputSize: number;
  readonly choices: Readonly<Record<string, Choice>>;
  /** Its float32 weights of more than one number. */
  readonly tensors: Weights;
  /** Everything else of it. */
  readonly graph: Graph;
  readonly converted: readonly string[];
}

/** A graph that may run, and what of it shall. */
export interface ExaminedGraph {
  /** Cut down to what the output needs. */
  readonly graph: Graph;
  readonly input: Input;
  readonly output: Choice<string>;
  readonly size: Choice<number>;
}

/**
 * Looks at a graph, and runs nothing.
 * @throws CheckpointError in one sentence: what was expected, what the graph has, what to do
 */
export function examineExported(
  exported: Graph,
  options: ExportedOptions,
  sidecarSize: Choice<number> | undefined,
): ExaminedGraph {
  const whole = withoutConstantNodes(exported);
  const input = inputOf(whole, options.inputName);
  const output = outputOf(whole, options.output);
  const graph = cutTo(whole, input.value, output.value);
  requireBounded(graph);
  return { graph, input, output, size: sizeFor(input, options.inputSize, sidecarSize) };
}

/** @throws CheckpointError for a graph that does not run, or answers what is no feature */
export async function openExported(
  { graph: cut, input, output, size }: ExaminedGraph,
  { trial }: ExportedOptions,
): Promise<OpenedGraph> {
  if (trial === undefined) {
    throw new CheckpointError(
      "is an exported graph, which must be run once to be known, and nothing here runs it",
    );
  }
  const tried = await tryOut(cut, input, output.value, size.value, trial);
  const tensors = new Map<string, Tensor<"float32">>();
  const others = new Map<string, AnyTensor>();
  for (const [name, value] of cut.initializers) {
    if (value.dtype === "float32" && value.data.length > 1) tensors.set(name, ownMemory(value));
    else others.set(name, value);
  }
  const { channelsLast, dtype, height, width } = input;
  const { shape } = tried;
  const kind = kindOf(output.value, shape);
  const side = kind === "map" ? shape[1]! : kind === "map-last" ? shape[0]! : 0;
  const featureDimension = kind === "vector" ? sizeOf(shape) : kind === "map" ? shape[0]! : shape.at(-1)!;
  const architecture: ExportedArchitecture = {
    name: "onnx-graph",
    featureDimension,
    graph: structureHash(cut),
    nodes: cut.nodes.length,
    opset: cut.opset,
    input: { name: input.value, dtype, channelsLast, batch: tried.batch, height, width },
    output: {
      name: output.value,
      kind,
      shape,
      stride: side > 0 && size.value % side === 0 ? size.value / side : null,
    },
  };
  return {
    architecture,
    inputSize: size.value,
    choices: {
      input: { value: input.value, from: input.from },
      output: { value: output.value, from: output.from },
    },
    tensors,
    graph: { ...cut, initializers: others },
    converted: [`images of ${size.value} pixels a side (${size.from})`, ...tried.converted],
  };
}

/** Weights that are views of the file's bytes would keep all of these in memory. */
function ownMemory({ shape, data }: Tensor<"float32">): Tensor<"float32"> {
  return tensor("float32", shape, data.byteLength === data.buffer.byteLength ? data : data.slice());
}

/** Exporters write weights as initializers or as nodes: it is the same graph. */
function withoutConstantNodes(graph: Graph): Graph {
  const initializers = new Map(graph.initializers);
  const nodes = graph.nodes.filter(({ opType, domain, attributes, outputs }) => {
    const value = attributes.value;
    if (opType !== "Constant" || domain !== undefined || value?.type !== "tensor") return true;
    initializers.set(outputs[0]!, value.value);
    return false;
  });
  return { ...graph, initializers, nodes };
}

export interface Input extends Choice<string> {
  readonly dtype: "float32" | "float16";
  readonly channelsLast: boolean;
  readonly height: number | null;
  readonly width: number | null;
  readonly batch: 1 | null;
}

function inputOf({ inputs }: Graph, asked: string | undefined): Input {
  const names = listed(inputs.map(({ name, shape }) => `${quoted(name)} [${shape.join(", ")}]`));
  const found = asked === undefined ? inputs : inputs.filter(({ name }) => name === asked);
  if (found.length !== 1) {
    throw new CheckpointError(
      asked === undefined
        ? `its graph has ${inputs.length} inputs (${names}): say which takes the images with --input-name`
        : `its graph has no input ${quoted(asked)}: it has ${names}`,
    );
  }
  const { name, dtype, shape } = found[0] as ValueInfo;
  const [batch, second, third, fourth] = shape;
  const channelsLast = shape.length === 4 && second !== 3 && fourth === 3;
  const image = shape.length === 4 && (second === 3 || fourth === 3 || typeof second === "string");
  if (!image || (dtype !== "float32" && dtype !== "float16")) {
    throw new CheckpointError(
      `its input ${quoted(name)} is ${dtype} [${shape.join(", ")}]: expected images, float32 [N, 3, H, W]`,
    );
  }
  if (typeof batch === "number" && batch !== 1) {
    throw new CheckpointError(
      `its input takes ${batch} images at once, no more and no fewer: export it with a free batch axis`,
    );
  }
  const [height, width] = (channelsLast ? [second, third] : [third, fourth]).map((axis) =>
    typeof axis === "number" ? axis : null,
  ) as [number | null, number | null];
  const from = asked === undefined ? "the graph's only input" : "--input-name";
  return { value: name, from, dtype, channelsLast, height, width, batch: batch === 1 ? 1 : null };
}

function outputOf({ outputs, nodes }: Graph, asked: string | undefined): Choice<string> {
  if (asked === undefined) {
    if (outputs.length === 1) return { value: outputs[0]!.name, from: "the graph's only output" };
    throw new CheckpointError(
      `its graph has ${outputs.length} outputs (${listed(outputs.map(({ name }) => quoted(name)))}): say which is read with --output`,
    );
  }
  if (nodes.some((node) => node.outputs.includes(asked))) return { value: asked, from: "--output" };
  const within = nodes.slice(-6).flatMap((node) => node.outputs);
  throw new CheckpointError(
    `its graph has no value ${quoted(asked)}: its outputs are ${listed(outputs.map(({ name }) => quoted(name)))}, its last values ${listed(within.map(quoted), 6)}`,
  );
}

/** The nodes and weights that an output needs. @throws CheckpointError where it does not read the images, or more than them */
function cutTo(graph: Graph, input: string, output: string): Graph {
  const needed = new Set([output]);
  const kept: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
    kept.push(node);
  }
  const others = graph.inputs.filter(({ name }) => needed.has(name) && name !== input);
  if (others.length > 0) {
    throw new CheckpointError(
      `its output ${quoted(output)} needs ${listed(others.map(({ name }) => quoted(name)))} beside the images: export the network without`,
    );
  }
  if (!needed.has(input)) {
    throw new CheckpointError(`its output ${quoted(output)} does not depend on its input ${quoted(input)}`);
  }
  return {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => name === input),
    // Its shape is seen when it is run; what the file declares is not needed, and may be wrong.
    outputs: [{ name: output, dtype: "float32", shape: [] }],
    initializers: new Map([...graph.initializers].filter(([name]) => needed.has(name))),
    nodes: kept.reverse(),
  };
}

function sizeFor(
  { height, width }: Input,
  asked: number | undefined,
  sidecar: Choice<number> | undefined,
): Choice<number> {
  if (height !== null && width !== null && height !== width) {
    throw new CheckpointError(
      `its input is of ${height} x ${width} pixels: images are made square here; export it for a square`,
    );
  }
  const own = height ?? width;
  if (own !== null) {
    if (asked === undefined || asked === own) return { value: own, from: "the graph's input" };
    throw new CheckpointError(`its input is of ${own} pixels a side, --input-size says ${asked}`);
  }
  if (asked !== undefined) return { value: asked, from: "--input-size" };
  if (sidecar) return sidecar;
  throw new CheckpointError(
    "its input is of any size, and nothing says which it was made for: say with --input-size",
  );
}

interface Tried {
  /** Behind the images' axis. */
  readonly shape: readonly number[];
  /** Images that it takes at once; null for any number. */
  readonly batch: 1 | null;
  readonly converted: readonly string[];
}

/** Of the largest number: what another order of the same sums may change. */
const ROUNDING = 1e-3;

/** Two noise images, one by one and then both at once: what the output is, and whether images go through side by side. */
async function tryOut(
  graph: Graph,
  input: Input,
  output: string,
  size: number,
  trial: Trial,
): Promise<Tried> {
  const random = new SeededRandom(18);
  const pixels = Array.from({ length: 2 }, () =>
    Float32Array.from({ length: 3 * size * size }, () => random.normal()),
  );
  const model = trialModel(graph, input, output, size);
  const feed = (...images: readonly Float32Array[]) => {
    const data = new Float32Array(images.length * 3 * size * size);
    images.forEach((image, i) => {
      data.set(image, i * image.length);
    });
    return { image: tensor("float32", [images.length, 3, size, size], data) };
  };
  const fails = (error: Error) =>
    new CheckpointError(`its graph does not run on an image of ${size} pixels: ${error.message}`);
  const [first, second] = pixels as [Float32Array, Float32Array];
  const together = input.batch === 1 ? [] : [feed(first, second)];
  const answers = await trial(model, [feed(first), feed(second), ...together]).catch((error: Error) => {
    throw fails(error);
  });
  const [one, other, both] = answers.map((answer) =>
    answer instanceof Error
      ? answer
      : {
          shape: Array.from(answer.shape!.data as BigInt64Array, Number),
          values: answer.values!.data as Float32Array,
        },
  );
  if (one instanceof Error || other instanceof Error)
    throw fails((one instanceof Error ? one : other) as Error);
  const shape = one!.shape.slice(1);
  if (one!.shape[0] !== 1 || shape.length === 0) {
    throw new CheckpointError(
      `its output ${quoted(output)} is [${one!.shape.join(", ")}] for one image: expected [N, ...] for N images; name another by --output`,
    );
  }
  const alone = (why: string): Tried => ({
    shape,
    batch: 1,
    converted: [`images are run one at a time: ${why}`],
  });
  if (input.batch === 1) return alone("the graph's batch axis is fixed at 1");
  if (both === undefined || both instanceof Error) return alone("the graph fails on two at once");
  const apart = new Float32Array([...one!.values, ...other!.values]);
  return both.shape[0] === 2 && agree(both.values, apart)
    ? { shape, batch: null, converted: [] }
    : alone("the graph answers otherwise for an image beside another");
}

function agree(found: Float32Array, expected: Float32Array): boolean {
  if (found.length !== expected.length) return false;
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), Number.MIN_VALUE);
  return expected.every((value, i) => Math.abs(value - found[i]!) <= ROUNDING * largest);
}

/** Answers the output's shape, and its values as one list: of what rank it is, is not known before. */
function trialModel(graph: Graph, input: Input, output: string, size: number): Uint8Array {
  const g = new GraphBuilder("trial", { opset: graph.opset });
  const image = g.input("image", "float32", [input.batch ?? "N", 3, size, size]);
  const values = inlineGraph(g, graph, { [input.value]: asItsInput(g, image, input) }, "graph/");
  const y = values.get(output)!;
  g.op("Shape", [y], {}, { output: "shape" });
  const numbers = g.op("Cast", [y], { to: int(dataTypeCode.float32) });
  g.op("Reshape", [numbers, g.ints([-1])], {}, { output: "values" });
  g.output("shape", "int64", ["rank"]);
  g.output("values", "float32", ["count"]);
  return writeModel(g.build());
}

/** Operators, connections, attributes and small whole numbers; of weights the shapes alone. */
function structureHash({ opset, nodes, initializers }: Graph): string {
  const hash = createHash("sha256");
  const weights = [...initializers].map(([name, { dtype, shape, data }]) =>
    data instanceof BigInt64Array ? [name, dtype, shape, [...data].map(String)] : [name, dtype, shape],
  );
  const operators = nodes.map(({ opType, inputs, outputs, attributes }) => [
    opType,
    inputs,
    outputs,
    Object.entries(attributes).map(([name, { type, value }]) => [
      name,
      type === "tensor" ? value.shape : value,
    ]),
  ]);
  return hash.update(JSON.stringify([opset, weights, operators])).digest("hex");
}
