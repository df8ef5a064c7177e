/**
 * A checkpoint's ResNet as an ONNX graph.
 *
 * Input `input` [N, 3, H, W] float32, normalised; outputs `features` [N, D], the global average of layer4, and
 * `layer4` [N, D, H/32, W/32]. Values are called as torchvision's modules: "layer2" is what that stage hands on.
 */
import { float, ints } from "../onnx/attributes.ts";
import { GraphBuilder } from "../onnx/builder.ts";
import type { Graph } from "../onnx/ir.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import { type Checkpoint, NORMALISATION_KEY } from "./checkpoint.ts";
import {
  BATCH_NORM_EPSILON,
  type ConvolutionUnit,
  normalisationTensors,
  type ResNet,
  resnetModules,
} from "./resnet.ts";

export type BackboneOutput = "features" | "layer1" | "layer2" | "layer3" | "layer4";

export interface BackboneOptions {
  /**
   * `folded`, the default: into the convolutions' weights and a bias, fastest, for inference.
   * `separate`: BatchNormalization nodes, for training.
   */
  readonly batchNorm?: "folded" | "separate";
  /** `initializers`, the default: the graph stands alone. `inputs`: weights are fed by name, for training. */
  readonly weights?: "initializers" | "inputs";
  /** In this order; features and layer4 unless told. */
  readonly outputs?: readonly BackboneOutput[];
}

type Weights = ReadonlyMap<string, Tensor<"float32">>;
type Described = Pick<Checkpoint, "architecture" | "normalisation" | "tensors"> & {
  readonly sha256?: string;
};

export function backboneGraph(checkpoint: Described, options: BackboneOptions = {}): Graph {
  const { architecture, normalisation } = checkpoint;
  const network = resnetModules(architecture);
  const folded = (options.batchNorm ?? "folded") === "folded";
  const weights = backboneWeights(checkpoint, options);
  const g = new GraphBuilder(architecture.name);
  const input = g.input("input", "float32", ["N", 3, "H", "W"]);
  for (const [name, weight] of weights) {
    if (options.weights === "inputs") g.input(name, "float32", weight.shape);
    else g.initializer(name, weight);
  }
  const { outer } = architecture.widths;
  addNetwork(g, network, input, folded);
  for (const output of options.outputs ?? ["features", "layer4"]) {
    const shape =
      output === "features"
        ? ["N", architecture.featureDimension]
        : ["N", outer[Number(output.slice(-1)) - 1]!, `${output}_H`, `${output}_W`];
    g.output(output, "float32", shape);
  }
  g.metadata({
    [NORMALISATION_KEY]: JSON.stringify(normalisation),
    "transferboard.architecture": architecture.name,
    ...(checkpoint.sha256 === undefined ? {} : { "transferboard.source.sha256": checkpoint.sha256 }),
  });
  return g.build();
}

/** The tensors that the graph of the same options has as initializers or wants as inputs, by name, in its order. */
export function backboneWeights(
  checkpoint: Pick<Checkpoint, "architecture" | "tensors">,
  options: BackboneOptions = {},
): Weights {
  const { tensors, architecture } = checkpoint;
  if (options.batchNorm === "separate") return tensors;
  const weights = new Map<string, Tensor<"float32">>();
  const { stem, stages } = resnetModules(architecture);
  const blocks = stages.flat();
  for (const unit of [
    stem,
    ...blocks.flatMap(({ units, shortcut }) => (shortcut ? [...units, shortcut] : units)),
  ]) {
    const { weight, bias } = fold(unit, tensors);
    weights.set(`${unit.convolution}.weight`, weight);
    weights.set(`${unit.convolution}.bias`, bias);
  }
  return weights;
}

/**
 * y = gamma (conv(x) - mean) / sqrt(var + eps) + beta is a convolution with a bias:
 * weight' = weight * s and bias' = beta - mean * s, where s = gamma / sqrt(var + eps), by output channel.
 */
function fold(
  unit: ConvolutionUnit,
  tensors: Weights,
): { weight: Tensor<"float32">; bias: Tensor<"float32"> } {
  const weight = tensors.get(`${unit.convolution}.weight`)!;
  const [gamma, beta, mean, variance] = normalisationTensors.map(
    (name) => tensors.get(`${unit.normalisation}.${name}`)!.data,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const data = new Float32Array(weight.data.length);
  const bias = new Float32Array(unit.outputs);
  const fanIn = data.length / unit.outputs;
  for (let channel = 0; channel < unit.outputs; channel++) {
    const scale = gamma[channel]! / Math.sqrt(variance[channel]! + BATCH_NORM_EPSILON);
    bias[channel] = beta[channel]! - mean[channel]! * scale;
    for (let i = channel * fanIn; i < (channel + 1) * fanIn; i++) data[i] = weight.data[i]! * scale;
  }
  return { weight: tensor("float32", weight.shape, data), bias: tensor("float32", [unit.outputs], bias) };
}

function addNetwork(g: GraphBuilder, { stem, stages }: ResNet, input: string, folded: boolean): void {
  const convolve = (unit: ConvolutionUnit, x: string): string => {
    const pad = (unit.kernel - 1) / 2;
    const y = g.op(
      "Conv",
      [x, `${unit.convolution}.weight`, folded ? `${unit.convolution}.bias` : undefined],
      {
        kernel_shape: ints([unit.kernel, unit.kernel]),
        strides: ints([unit.stride, unit.stride]),
        pads: ints([pad, pad, pad, pad]),
      },
      { name: unit.convolution, output: unit.convolution },
    );
    if (folded) return y;
    return g.op(
      "BatchNormalization",
      [y, ...normalisationTensors.map((name) => `${unit.normalisation}.${name}`)],
      { epsilon: float(BATCH_NORM_EPSILON) },
      { name: unit.normalisation, output: unit.normalisation },
    );
  };

  let x = g.op("Relu", [convolve(stem, input)], {}, { output: "relu" });
  x = g.op(
    "MaxPool",
    [x],
    { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
    { output: "maxpool" },
  );
  stages.forEach((blocks, stage) => {
    blocks.forEach(({ name, units, shortcut }, index) => {
      let y = x;
      units.forEach((unit, i) => {
        if (i > 0) y = g.op("Relu", [y], {}, { output: `${name}.relu${i}` });
        y = convolve(unit, y);
      });
      const sum = g.op("Add", [y, shortcut ? convolve(shortcut, x) : x], {}, { output: `${name}.add` });
      const isLast = index === blocks.length - 1;
      x = g.op("Relu", [sum], {}, { output: isLast ? `layer${stage + 1}` : name });
    });
  });
  const pooled = g.op("GlobalAveragePool", [x], {}, { output: "avgpool" });
  g.op("Flatten", [pooled], {}, { output: "features" });
}
