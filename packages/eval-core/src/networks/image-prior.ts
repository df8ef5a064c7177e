/**
 * The deep image prior that reconstructs images from features: an hourglass of convolutions whose weights are trained
 * until what it makes of fixed noise has the features of an image (Ulyanov, Vedaldi and Lempitsky, "Deep Image Prior",
 * CVPR 2018; the shape is that of the paper's reconstructions).
 *
 * With conv k = convolution k x k, zero padding (k - 1) / 2, and act = LeakyReLU, level l of x is:
 *
 *     side = act(bn(conv 1 (x)))
 *     d = act(bn(average pool 2 x 2 (conv k (x))));  d = act(bn(conv k (d)))
 *     d = level l + 1 of d, unless l is the last
 *     m = bn(concatenate(side, d doubled by nearest neighbour))
 *     m = act(bn(conv k (m)));  m = act(bn(conv 1 (m)))
 *
 * Level 0 of the noise, a convolution 1 x 1 to three channels, and the top left corner of that are the image, in the
 * normalised space that the backbone reads. Batch norm always uses the statistics of this one image.
 */
import { float, int, ints, string } from "../onnx/attributes.ts";
import type { GraphBuilder } from "../onnx/builder.ts";
import type { NumpyRandomState } from "../tensor/mt19937.ts";
import { sizeOf, type Tensor, tensor } from "../tensor/tensor.ts";

export interface PriorShape {
  /** Channels of each scale, from the largest image to the smallest. */
  readonly widths: readonly number[];
  /** Kernel of each scale. */
  readonly kernels: readonly number[];
  /** Channels that pass by each scale. */
  readonly skip: number;
  /** Channels of the noise. */
  readonly depth: number;
  /** Side of the noise; a multiple of 2 to the number of scales. */
  readonly size: number;
  /** Side of the corner that is the image. */
  readonly corner: number;
  /** Slope of LeakyReLU below 0. */
  readonly slope: number;
}

/** The published network: 2,606,763 parameters. */
export const IMAGE_PRIOR: PriorShape = {
  widths: [16, 32, 64, 128, 128, 128],
  kernels: [7, 7, 5, 5, 3, 3],
  skip: 4,
  depth: 32,
  size: 256,
  corner: 224,
  slope: 0.2,
};

/** The noise is uniform in [0, NOISE). */
const NOISE = 0.1;
const EPSILON = 1e-5;

export interface PriorConvolution {
  readonly name: string;
  readonly outputs: number;
  readonly inputs: number;
  readonly kernel: number;
}

/** All convolutions, in the order in which their weights are drawn. */
export function priorConvolutions(shape: PriorShape): PriorConvolution[] {
  const { widths, kernels, skip, depth } = shape;
  const scales = widths.flatMap((width, l): PriorConvolution[] => {
    const inputs = l === 0 ? depth : widths[l - 1]!;
    const kernel = kernels[l]!;
    return [
      { name: `s${l}_skip`, outputs: skip, inputs, kernel: 1 },
      { name: `s${l}_down1`, outputs: width, inputs, kernel },
      { name: `s${l}_down2`, outputs: width, inputs: width, kernel },
      { name: `s${l}_up1`, outputs: width, inputs: skip + (widths[l + 1] ?? width), kernel },
      { name: `s${l}_up2`, outputs: width, inputs: width, kernel: 1 },
    ];
  });
  return [...scales, { name: "out", outputs: 3, inputs: widths[0]!, kernel: 1 }];
}

/** Batch norms and their channels. */
function priorNorms(shape: PriorShape): { name: string; channels: number }[] {
  return priorConvolutions(shape).flatMap(({ name, outputs, inputs }) => {
    if (name === "out") return [];
    const own = { name: `${name}_bn`, channels: outputs };
    const merged = { name: `${name.replace("up1", "merge")}_bn`, channels: inputs };
    return name.endsWith("_up1") ? [merged, own] : [own];
  });
}

export interface DrawnPrior {
  /** [1, depth, size, size] */
  readonly noise: Tensor<"float32">;
  /** What the graph has as weights, by name. */
  readonly weights: ReadonlyMap<string, Tensor<"float32">>;
  /** Biases in front of a batch norm: drawn, and read by nothing, for the norm takes them off again. */
  readonly unread: ReadonlyMap<string, Tensor<"float32">>;
}

/**
 * Noise and initial weights from one generator, u after u: the noise as 0.1 u, then each convolution's weight and bias as
 * (2u - 1) / sqrt(fan in), PyTorch's default range.
 */
export function drawPrior(shape: PriorShape, random: NumpyRandomState): DrawnPrior {
  const drawn = (dimensions: readonly number[], draw: () => number) =>
    tensor("float32", dimensions, Float32Array.from({ length: sizeOf(dimensions) }, draw));
  const noise = drawn([1, shape.depth, shape.size, shape.size], () => NOISE * random.uniform());
  const weights = new Map<string, Tensor<"float32">>();
  const unread = new Map<string, Tensor<"float32">>();
  for (const { name, outputs, inputs, kernel } of priorConvolutions(shape)) {
    const bound = Math.sqrt(inputs * kernel * kernel);
    const uniform = () => (2 * random.uniform() - 1) / bound;
    weights.set(`${name}.weight`, drawn([outputs, inputs, kernel, kernel], uniform));
    const bias = drawn([outputs], uniform);
    (name === "out" ? weights : unread).set(`${name}.bias`, bias);
  }
  for (const { name, channels } of priorNorms(shape)) {
    weights.set(
      `${name}.weight`,
      drawn([channels], () => 1),
    );
    weights.set(
      `${name}.bias`,
      drawn([channels], () => 0),
    );
  }
  return { noise, weights, unread };
}

/**
 * Appends the prior to a graph that has its weights under their names already.
 * @param noise the value [1, depth, size, size] that it reads.
 * @returns the image [1, 3, corner, corner].
 */
export function addImagePrior(g: GraphBuilder, shape: PriorShape, noise: string): string {
  const convolutions = new Map(priorConvolutions(shape).map((c) => [c.name, c]));
  // Batch norm in training mode reads no running statistics; the operator wants them all the same.
  const unread = (channels: number) => {
    const data = new Float32Array(channels);
    return g.constant(tensor("float32", [channels], data), "unread");
  };
  const channelsOf = new Map(priorNorms(shape).map(({ name, channels }) => [name, channels]));
  const normalise = (x: string, name: string) => {
    const statistics = unread(channelsOf.get(name)!);
    const inputs = [x, `${name}.weight`, `${name}.bias`, statistics, statistics];
    return g.op(
      "BatchNormalization",
      inputs,
      { epsilon: float(EPSILON), training_mode: int(1) },
      { output: name },
    );
  };
  const convolve = (x: string, name: string, bias?: string) => {
    const { kernel } = convolutions.get(name)!;
    const pad = (kernel - 1) / 2;
    const attributes = { kernel_shape: ints([kernel, kernel]), pads: ints([pad, pad, pad, pad]) };
    return g.op("Conv", [x, `${name}.weight`, bias], attributes, { output: name });
  };
  const act = (x: string) => g.op("LeakyRelu", [x], { alpha: float(shape.slope) });
  const block = (x: string, name: string) => act(normalise(convolve(x, name), `${name}_bn`));

  const level = (x: string, l: number): string => {
    const side = block(x, `s${l}_skip`);
    const pooled = g.op("AveragePool", [convolve(x, `s${l}_down1`)], {
      kernel_shape: ints([2, 2]),
      strides: ints([2, 2]),
    });
    let d = block(act(normalise(pooled, `s${l}_down1_bn`)), `s${l}_down2`);
    if (l + 1 < shape.widths.length) d = level(d, l + 1);
    const scales = g.constant(tensor("float32", [4], Float32Array.of(1, 1, 2, 2)), "scales");
    const doubled = g.op("Resize", [d, undefined, scales], {
      mode: string("nearest"),
      coordinate_transformation_mode: string("asymmetric"),
      nearest_mode: string("floor"),
    });
    const merged = normalise(g.op("Concat", [side, doubled], { axis: int(1) }), `s${l}_merge_bn`);
    return block(block(merged, `s${l}_up1`), `s${l}_up2`);
  };
  const whole = convolve(level(noise, 0), "out", "out.bias");
  const { corner } = shape;
  return g.op("Slice", [whole, g.ints([0, 0]), g.ints([corner, corner]), g.ints([2, 3])], {});
}
