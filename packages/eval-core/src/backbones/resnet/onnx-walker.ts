/**
 * Following values through an ONNX graph along a network that it should be, operator by operator, collecting the
 * weights on the way under the network's own names.
 */

import { CheckpointError, quoted } from "../../checkpoints/errors.ts";
import type { Attribute, Graph, Node } from "../../onnx/ir.ts";
import { toFloat32 } from "../../tensor/half.ts";
import { type AnyTensor, tensor } from "../../tensor/tensor.ts";
import { BATCH_NORM_EPSILON, type ConvolutionUnit, normalisationTensors } from "./modules.ts";

/** What exporters leave around a network, and what a classifier on top is made of. */
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

export class GraphWalker {
  readonly #graph: Graph;
  readonly #readers = new Map<string, Node[]>();
  readonly #makers = new Map<string, Node>();
  readonly #visited = new Set<Node>();
  readonly weights = new Map<string, AnyTensor>();
  /** How many convolutions carried their normalisation inside. */
  folded = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
    for (const node of graph.nodes) {
      for (const output of node.outputs) this.#makers.set(output, node);
      for (const input of new Set(node.inputs)) {
        const readers = this.#readers.get(input);
        if (readers === undefined) this.#readers.set(input, [node]);
        else readers.push(node);
      }
    }
  }

  imageInput(): string {
    const [input, ...others] = this.#graph.inputs;
    if (input === undefined || others.length > 0 || input.shape.length !== 4) {
      const names = this.#graph.inputs.slice(0, 3).map(({ name }) => quoted(name));
      throw new CheckpointError(
        `an ONNX model with ${this.#graph.inputs.length} inputs (${names.join(", ") || "none"}): expected one, of images [N, 3, H, W]`,
      );
    }
    return input.name;
  }

  /** The spatial shape of a convolution's kernel: [outputs, inputs, height, width]. */
  kernelOf(node: Node | undefined): readonly number[] | undefined {
    return node && this.#constant(node.inputs[1])?.shape;
  }

  relu(value: string): string {
    return this.#follow(`a Relu after ${quoted(value)}`, value, ({ opType }) => opType === "Relu")
      .outputs[0]!;
  }

  maxPool(value: string): string {
    return this.#follow(
      `a 3x3 MaxPool of stride 2 after ${quoted(value)}`,
      value,
      ({ opType, attributes }) =>
        opType === "MaxPool" &&
        hasWindow(attributes, 2, 1) &&
        all(attributes.kernel_shape, 3) &&
        isZero(attributes.ceil_mode),
    ).outputs[0]!;
  }

  sum(a: string, b: string): string {
    return this.#follow(
      `the sum of ${quoted(a)} and ${quoted(b)}`,
      a,
      ({ opType, inputs }) => opType === "Add" && inputs.includes(a) && inputs.includes(b),
    ).outputs[0]!;
  }

  /**
   * A convolution with the batch normalisation behind it, or with it folded in.
   * `next` tells a block's first convolution from its shortcut where both have the same kernel.
   */
  unit(unit: ConvolutionUnit, value: string, next: "Relu" | "Add"): string {
    const { convolution: name, kernel, stride } = unit;
    const leadsTo = (output: string): boolean =>
      (this.#readers.get(output) ?? []).some(({ opType }) => opType === next);
    const convolution = this.#follow(
      `a ${kernel}x${kernel} convolution of stride ${stride} after ${quoted(value)}, for ${name}`,
      value,
      (node) => {
        const shape = this.kernelOf(node);
        const normalisation = this.#normalisationAfter(node);
        return (
          node.opType === "Conv" &&
          node.inputs[0] === value &&
          leadsTo((normalisation ?? node).outputs[0]!) &&
          shape?.length === 4 &&
          shape[2] === kernel &&
          shape[3] === kernel &&
          hasWindow(node.attributes, stride, (kernel - 1) / 2) &&
          (node.attributes.group === undefined || node.attributes.group.value === 1)
        );
      },
    );
    const weight = this.#constant(convolution.inputs[1])!;
    const channels = weight.shape[0]!;
    const bias = convolution.inputs[2] ? this.#vector(convolution.inputs[2], channels, name) : undefined;
    this.weights.set(`${name}.weight`, weight);
    const normalisation = this.#normalisationAfter(convolution);
    if (normalisation === undefined) {
      this.folded++;
      this.#identityNormalisation(unit, bias ?? new Float32Array(channels));
      return convolution.outputs[0]!;
    }
    this.#visited.add(normalisation);
    this.#readNormalisation(unit, normalisation, channels, bias);
    return normalisation.outputs[0]!;
  }

  /** @throws CheckpointError when anything but a head is left over. */
  finish(): void {
    const left = this.#graph.nodes.find(
      (node) => !this.#visited.has(node) && !PASSIVE.has(node.opType) && !HEAD.has(node.opType),
    );
    if (left !== undefined) {
      throw new CheckpointError(
        `an ONNX model that is a ResNet but for a ${left.opType} node (${quoted(left.outputs[0] ?? "")}) that none has`,
      );
    }
  }

  #normalisationAfter(node: Node): Node | undefined {
    const readers = this.#readers.get(node.outputs[0] ?? "") ?? [];
    return readers.length === 1 && readers[0]!.opType === "BatchNormalization" ? readers[0] : undefined;
  }

  /** A normalisation that changes nothing but adds the folded convolution's bias. */
  #identityNormalisation({ normalisation }: ConvolutionUnit, bias: Float32Array): void {
    const set = (name: string, data: Float32Array): void => {
      this.weights.set(`${normalisation}.${name}`, tensor("float32", [data.length], data));
    };
    const filled = (value: number): Float32Array => new Float32Array(bias.length).fill(value);
    set("weight", filled(Math.sqrt(1 + BATCH_NORM_EPSILON)));
    set("bias", bias);
    set("running_mean", filled(0));
    set("running_var", filled(1));
  }

  /** Another epsilon moves into the variance, and a bias before the normalisation into its mean: exactly the same. */
  #readNormalisation(
    { normalisation }: ConvolutionUnit,
    node: Node,
    channels: number,
    bias: Float32Array | undefined,
  ): void {
    if (!isZero(node.attributes.training_mode)) {
      throw new CheckpointError("an ONNX model exported for training: export it in evaluation mode");
    }
    const given = node.attributes.epsilon;
    const epsilon = given?.type === "float" ? given.value : BATCH_NORM_EPSILON;
    const isSame = Math.abs(epsilon - BATCH_NORM_EPSILON) < 1e-9;
    normalisationTensors.forEach((name, i) => {
      const data = this.#vector(node.inputs[i + 1] ?? "", channels, normalisation).slice();
      if (name === "running_var" && !isSame) {
        for (let c = 0; c < channels; c++) data[c]! += epsilon - BATCH_NORM_EPSILON;
      }
      if (name === "running_mean" && bias) for (let c = 0; c < channels; c++) data[c]! -= bias[c]!;
      this.weights.set(`${normalisation}.${name}`, tensor("float32", [channels], data));
    });
  }

  #vector(name: string, length: number, where: string): Float32Array {
    const value = this.#constant(name);
    if (value === undefined || value.shape.length !== 1 || value.shape[0] !== length) {
      throw new CheckpointError(
        `the ONNX model's ${where} has no constant ${quoted(name)} of ${length} values`,
      );
    }
    return toFloat32(value).data;
  }

  /** An initializer, a Constant node's value, or either through Identity nodes, as exporters share equal weights. */
  #constant(name: string | undefined): AnyTensor | undefined {
    let current = name ?? "";
    for (let steps = 0; steps < 8; steps++) {
      const initializer = this.#graph.initializers.get(current);
      if (initializer) return initializer;
      const maker = this.#makers.get(current);
      if (maker?.opType === "Constant" && maker.attributes.value?.type === "tensor")
        return maker.attributes.value.value;
      if (maker?.opType !== "Identity") return undefined;
      current = maker.inputs[0] ?? "";
    }
    return undefined;
  }

  #follow(what: string, value: string, fits: (node: Node) => boolean): Node {
    const node = this.#readers.get(value)?.find((reader) => !this.#visited.has(reader) && fits(reader));
    if (node === undefined) throw new CheckpointError(`an ONNX model that is no ResNet: it lacks ${what}`);
    this.#visited.add(node);
    return node;
  }
}

function all(given: Attribute | undefined, wanted: number, absent?: number): boolean {
  return given?.type === "ints" ? given.value.every((value) => value === wanted) : absent === wanted;
}

function isZero(given: Attribute | undefined): boolean {
  return given === undefined || given.value === 0;
}

function hasWindow(attributes: Node["attributes"], stride: number, pad: number): boolean {
  return (
    all(attributes.strides, stride, 1) &&
    all(attributes.pads, pad, 0) &&
    all(attributes.dilations, 1, 1) &&
    (attributes.auto_pad === undefined || attributes.auto_pad.value === "NOTSET")
  );
}
