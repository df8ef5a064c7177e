/** A ResNet's graph and the weights that it wants, batch normalisation folded or apart. */
import { float, int, ints } from "../../onnx/attributes.ts";
import type { GraphBuilder } from "../../onnx/builder.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import type { Weights } from "../family.ts";
import {
  BATCH_NORM_EPSILON,
  type ConvolutionUnit,
  convolutionUnits,
  normalisationTensors,
  type ResNet,
  type ResNetArchitecture,
  resnetModules,
} from "./modules.ts";

/** A convolution's weight and bias each, the batch normalisation behind it folded in. */
export function foldedWeights(architecture: ResNetArchitecture, tensors: Weights): Weights {
  const weights = new Map<string, Tensor<"float32">>();
  for (const unit of convolutionUnits(resnetModules(architecture))) {
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

/** Appends the network. Values are called as torchvision's modules: "layer2" is what that stage hands on. */
export function addNetwork(g: GraphBuilder, { stem, stages }: ResNet, input: string, folded: boolean): void {
  const convolve = (unit: ConvolutionUnit, x: string): string => {
    const pad = (unit.kernel - 1) / 2;
    const y = g.op(
      "Conv",
      [x, `${unit.convolution}.weight`, folded ? `${unit.convolution}.bias` : undefined],
      {
        kernel_shape: ints([unit.kernel, unit.kernel]),
        strides: ints([unit.stride, unit.stride]),
        pads: ints([pad, pad, pad, pad]),
        ...(unit.groups === undefined ? {} : { group: int(unit.groups) }),
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

  let x = input;
  stem.forEach((unit, i) => {
    const isLast = i === stem.length - 1;
    x = g.op("Relu", [convolve(unit, x)], {}, { output: isLast ? "relu" : `${unit.convolution}.relu` });
  });
  x = g.op(
    "MaxPool",
    [x],
    { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
    { output: "maxpool" },
  );
  stages.forEach((blocks, stage) => {
    blocks.forEach(({ name, units, shortcut, pooledShortcut }, index) => {
      let y = x;
      units.forEach((unit, i) => {
        if (i > 0) y = g.op("Relu", [y], {}, { output: `${name}.relu${i}` });
        y = convolve(unit, y);
      });
      const passed = pooledShortcut ? averaged(g, x, name) : x;
      const sum = g.op("Add", [y, shortcut ? convolve(shortcut, passed) : x], {}, { output: `${name}.add` });
      const isLast = index === blocks.length - 1;
      x = g.op("Relu", [sum], {}, { output: isLast ? `layer${stage + 1}` : name });
    });
  });
  const pooled = g.op("GlobalAveragePool", [x], {}, { output: "avgpool" });
  g.op("Flatten", [pooled], {}, { output: "features" });
}

/** Average pool of 2x2 striding by 2; at an odd edge the mean of what is there. */
const averaged = (g: GraphBuilder, x: string, name: string): string =>
  g.op(
    "AveragePool",
    [x],
    { kernel_shape: ints([2, 2]), strides: ints([2, 2]), ceil_mode: int(1), count_include_pad: int(0) },
    { output: `${name}.downsample.0` },
  );
