/**
 * The weights of a ResNet that comes as an ONNX model. The names are used where they are torchvision's; where an
 * exporter folded the batch normalisation and numbered the weights, the network's structure says which is which,
 * and every operator is checked, so that a network that only resembles a ResNet is not taken for one.
 */

import { OnnxError } from "../../onnx/errors.ts";
import type { Graph, Node } from "../../onnx/ir.ts";
import { readModel } from "../../onnx/read.ts";
import { type AnyTensor, tensor } from "../../tensor/tensor.ts";
import { anyTensor } from "../../tensor/typed-array.ts";
import { CheckpointError } from "../errors.ts";
import {
  BATCH_NORM_EPSILON,
  type ConvolutionUnit,
  convolutionUnits,
  depthOf,
  published,
  resnetModules,
} from "../resnet.ts";
import { readBytes, type Source } from "../source.ts";
import { type Contents, StoredTensor } from "../stored.ts";

export function readOnnxWeights(source: Source): Contents {
  let graph: Graph;
  try {
    graph = readModel(readBytes(source, 0, source.size, "the model"));
  } catch (error) {
    throw error instanceof OnnxError ? new CheckpointError(error.message) : error;
  }
  const hasNormalisation = graph.nodes.some(({ opType }) => opType === "BatchNormalization");
  const { weights, converted } = hasNormalisation ? byName(graph) : byStructure(graph);
  const root = new Map(
    [...weights].map(([name, value]) => [
      name,
      new StoredTensor(value.dtype, value.shape, () => ownMemory(value)),
    ]),
  );
  return { format: "onnx", root, metadata: graph.metadata ?? {}, converted };
}

/** Weights that are views of the file's bytes would keep all of these in memory. */
function ownMemory(value: AnyTensor): AnyTensor {
  const { dtype, shape, data } = value;
  return data.byteLength === data.buffer.byteLength ? value : anyTensor(dtype, shape, data.slice());
}

interface Weights {
  readonly weights: ReadonlyMap<string, AnyTensor>;
  readonly converted: readonly string[];
}

/** Shapes, axes and other constants are no weights. */
function byName({ initializers }: Graph): Weights {
  const weights = [...initializers].filter(
    ([name, { dtype }]) => dtype.includes("float") && !/^(constant|onnx::|\/)/.test(name),
  );
  return { weights: new Map(weights), converted: [] };
}

const PASSIVE = new Set([
  "Constant",
  "Identity",
  "Shape",
  "Gather",
  "Unsqueeze",
  "Concat",
  "Reshape",
  "Flatten",
]);
const HEAD = new Set(["GlobalAveragePool", "ReduceMean", "Gemm", "MatMul", "Add", "Softmax", "Squeeze"]);

/**
 * Walks the model along a ResNet's units: each convolution must read what the one before handed on, with the
 * kernel, stride and padding that it has there.
 */
function byStructure(graph: Graph): Weights {
  const convolutions = graph.nodes.filter(({ opType }) => opType === "Conv");
  const basicKernel = (node: Node | undefined): boolean => kernelOf(graph, node)?.[2] === 3;
  const block = basicKernel(convolutions[1]) ? "basic" : "bottleneck";
  const member = published.find((candidate) => {
    const shortcuts = candidate.block === "basic" ? 3 : 4;
    return (
      candidate.block === block &&
      depthOf(candidate.block, candidate.blocks) - 1 + shortcuts === convolutions.length
    );
  });
  if (member === undefined) {
    throw new CheckpointError(
      `an ONNX model of ${convolutions.length} convolutions without batch normalisation: no ResNet of depth ${published.map((m) => depthOf(m.block, m.blocks)).join(", ")} has as many`,
    );
  }
  const weights = new Map<string, AnyTensor>();
  // Widths do not matter for names and connections: any will do.
  const widths = { stem: 64, inner: [64, 128, 256, 512], outer: [256, 512, 1024, 2048] };
  const basic = { ...widths, outer: widths.inner };
  const network = resnetModules({
    name: "",
    depth: 0,
    ...member,
    width: 1,
    widths: member.block === "basic" ? basic : widths,
    featureDimension: 0,
  });
  const walker = new Walker(graph, weights);
  let x = walker.convolution(network.stem, walker.imageInput(), "Relu");
  x = walker.only("MaxPool", walker.only("Relu", x));
  for (const { units, shortcut } of network.stages.flat()) {
    let y = x;
    units.forEach((unit, i) => {
      if (i > 0) y = walker.only("Relu", y);
      y = walker.convolution(unit, y, i === units.length - 1 ? "Add" : "Relu");
    });
    const other = shortcut ? walker.convolution(shortcut, x, "Add") : x;
    x = walker.only("Relu", walker.sum(y, other));
  }
  walker.finish();
  for (const { convolution, normalisation } of convolutionUnits(network)) {
    unfold(weights, convolution, normalisation);
  }
  return { weights, converted: ["folded batch normalisation: its scale stays in the convolutions"] };
}

function kernelOf({ initializers }: Graph, node: Node | undefined): readonly number[] | undefined {
  return node && initializers.get(node.inputs[1] ?? "")?.shape;
}

/** A normalisation that changes nothing but adds the convolution's bias. */
function unfold(weights: Map<string, AnyTensor>, convolution: string, normalisation: string): void {
  const bias = weights.get(`${convolution}.bias`)!;
  weights.delete(`${convolution}.bias`);
  const channels = bias.shape[0]!;
  const filled = (value: number): AnyTensor =>
    tensor("float32", [channels], new Float32Array(channels).fill(value));
  weights.set(`${normalisation}.weight`, filled(Math.sqrt(1 + BATCH_NORM_EPSILON)));
  weights.set(`${normalisation}.bias`, bias);
  weights.set(`${normalisation}.running_mean`, filled(0));
  weights.set(`${normalisation}.running_var`, filled(1));
}

/** Follows values through the graph, and keeps account of the nodes that were understood. */
class Walker {
  readonly #graph: Graph;
  readonly #weights: Map<string, AnyTensor>;
  readonly #readers = new Map<string, Node[]>();
  readonly #visited = new Set<Node>();

  constructor(graph: Graph, weights: Map<string, AnyTensor>) {
    this.#graph = graph;
    this.#weights = weights;
    for (const node of graph.nodes) {
      for (const input of new Set(node.inputs)) {
        this.#readers.set(input, [...(this.#readers.get(input) ?? []), node]);
      }
    }
  }

  imageInput(): string {
    const [input, ...others] = this.#graph.inputs;
    if (input === undefined || others.length > 0 || input.shape.length !== 4) {
      throw new CheckpointError(
        `an ONNX model with inputs ${this.#graph.inputs.map(({ name }) => name).join(", ") || "none"}: expected one image input of shape [N, 3, H, W]`,
      );
    }
    return input.name;
  }

  /** The output of the one node of this kind that reads `value`. */
  only(opType: string, value: string): string {
    return this.#one(`a ${opType} after '${value}'`, value, (node) => node.opType === opType);
  }

  sum(a: string, b: string): string {
    return this.#one(
      `the sum of '${a}' and '${b}'`,
      a,
      (node) => node.opType === "Add" && node.inputs.includes(a) && node.inputs.includes(b),
    );
  }

  /** `next` tells a block's first convolution from its shortcut where both have the same kernel. */
  convolution(unit: ConvolutionUnit, value: string, next: "Relu" | "Add"): string {
    const { convolution: name, kernel, stride } = unit;
    const pad = (kernel - 1) / 2;
    const all = (node: Node, attribute: string, wanted: number, absent: number): boolean => {
      const given = node.attributes[attribute];
      return given?.type === "ints" ? given.value.every((v) => v === wanted) : absent === wanted;
    };
    let found: Node | undefined;
    const output = this.#one(
      `a ${kernel}x${kernel} convolution of stride ${stride} after '${value}', for ${name}`,
      value,
      (node) => {
        const shape = kernelOf(this.#graph, node);
        const fits =
          node.opType === "Conv" &&
          node.inputs[0] === value &&
          this.#readers.get(node.outputs[0]!)?.some((reader) => reader.opType === next) === true &&
          shape?.length === 4 &&
          shape[2] === kernel &&
          shape[3] === kernel &&
          all(node, "strides", stride, 1) &&
          all(node, "pads", pad, 0) &&
          all(node, "dilations", 1, 1) &&
          (node.attributes.group === undefined || node.attributes.group.value === 1) &&
          (node.attributes.auto_pad === undefined || node.attributes.auto_pad.value === "NOTSET");
        if (fits) found = node;
        return fits;
      },
    );
    const { initializers } = this.#graph;
    const [, weight, bias] = found!.inputs;
    const kernelTensor = initializers.get(weight!)!;
    const channels = kernelTensor.shape[0]!;
    this.#weights.set(`${name}.weight`, kernelTensor);
    const given = bias ? initializers.get(bias) : tensor("float32", [channels], new Float32Array(channels));
    if (given === undefined || given.shape.length !== 1 || given.shape[0] !== channels) {
      throw new CheckpointError(`the ONNX model's convolution for ${name} has no constant bias`);
    }
    this.#weights.set(`${name}.bias`, given);
    return output;
  }

  /** @throws CheckpointError when anything but a head is left over. */
  finish(): void {
    const left = this.#graph.nodes.find(
      (node) => !this.#visited.has(node) && !PASSIVE.has(node.opType) && !HEAD.has(node.opType),
    );
    if (left !== undefined) {
      throw new CheckpointError(
        `an ONNX model that is a ResNet but for a ${left.opType} node ('${left.outputs[0]}') that none has`,
      );
    }
  }

  #one(what: string, value: string, fits: (node: Node) => boolean): string {
    const nodes = (this.#readers.get(value) ?? []).filter((node) => !this.#visited.has(node) && fits(node));
    const [node] = nodes;
    if (node === undefined) throw new CheckpointError(`an ONNX model that is no ResNet: it lacks ${what}`);
    this.#visited.add(node);
    return node.outputs[0]!;
  }
}
