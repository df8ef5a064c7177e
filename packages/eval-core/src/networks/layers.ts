/**
 * Layers of a head, written node by node with the weights they need. A head is written once, and the same pass says
 * which parameters it has: each is asked of a source, which draws it afresh or looks it up.
 */
import { float, int, ints, string } from "../onnx/attributes.ts";
import type { GraphBuilder } from "../onnx/builder.ts";
import type { SeededRandom } from "../tensor/random.ts";
import { type AnyTensor, sizeOf, tensor } from "../tensor/tensor.ts";

/** How a parameter starts. */
export type Initialiser =
  | { readonly kind: "uniform"; readonly bound: number }
  | { readonly kind: "normal"; readonly deviation: number }
  | { readonly kind: "constant"; readonly value: number };

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: Initialiser;
  /** `weight`: of a convolution or product; `statistic`: running mean or variance, which no gradient trains. */
  readonly role: "weight" | "bias" | "normalisation" | "statistic";
}

/** Where the value of a parameter comes from. */
export type ParameterSource = (parameter: Parameter) => AnyTensor;

/** A feature map [N, channels, height, width] of static size. */
export interface FeatureMap {
  readonly value: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Every parameter drawn from one stream, in the order in which the network is written. */
export function drawn(random: SeededRandom): ParameterSource {
  const next = {
    uniform: ({ bound }: Extract<Initialiser, { kind: "uniform" }>) => random.uniform(-bound, bound),
    normal: ({ deviation }: Extract<Initialiser, { kind: "normal" }>) => random.normal(0, deviation),
    constant: ({ value }: Extract<Initialiser, { kind: "constant" }>) => value,
  };
  return ({ shape, start }) => {
    const draw = next[start.kind] as (how: Initialiser) => number;
    return tensor(
      "float32",
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => draw(start)),
    );
  };
}

/** Every parameter as given. @throws RangeError naming one that is missing or of another shape */
export function given(weights: ReadonlyMap<string, AnyTensor>): ParameterSource {
  return ({ name, shape }) => {
    const found = weights.get(name);
    if (found === undefined) throw new RangeError(`the weight '${name}' [${shape}] is missing`);
    if (found.shape.join() !== shape.join())
      throw new RangeError(`the weight '${name}' must be [${shape}], found [${found.shape}]`);
    return found;
  };
}

export interface ConvolutionOptions {
  readonly outputs: number;
  readonly kernel: number;
  readonly start: Initialiser;
  /** How the bias starts; without it there is none. */
  readonly bias?: Initialiser;
}

/** torch.nn.BatchNorm2d's. */
const EPSILON = 1e-5;

export class Layers {
  readonly g: GraphBuilder;
  readonly parameters: Parameter[] = [];
  readonly #source: ParameterSource;

  constructor(g: GraphBuilder, source: ParameterSource) {
    this.g = g;
    this.#source = source;
  }

  /** A weight of the graph; asked for again under the same name, it is the same one. */
  parameter(
    name: string,
    shape: readonly number[],
    start: Initialiser,
    role: Parameter["role"] = "weight",
  ): string {
    const known = this.parameters.find((parameter) => parameter.name === name);
    if (known) {
      if (known.shape.join() === shape.join()) return name;
      throw new RangeError(`the weight '${name}' is [${known.shape}] already: it cannot be [${shape}] too`);
    }
    const parameter: Parameter = { name, shape, start, role };
    this.parameters.push(parameter);
    return this.g.initializer(name, this.#source(parameter));
  }

  /** A convolution of stride 1 that keeps the size: `name.weight`, and `name.bias` if it has one. */
  convolution(name: string, x: FeatureMap, { outputs, kernel, start, bias }: ConvolutionOptions): FeatureMap {
    const pad = (kernel - 1) / 2;
    const weight = this.parameter(`${name}.weight`, [outputs, x.channels, kernel, kernel], start);
    const inputs = [x.value, weight];
    if (bias) inputs.push(this.parameter(`${name}.bias`, [outputs], bias, "bias"));
    const value = this.g.op(
      "Conv",
      inputs,
      { kernel_shape: ints([kernel, kernel]), pads: ints([pad, pad, pad, pad]) },
      // A convolution that several maps share is a node for each.
      { name: this.g.fresh(name) },
    );
    return { ...x, value, channels: outputs };
  }

  /** `name.weight`, `.bias`, `.running_mean`, `.running_var`; weight 1, bias as told. */
  batchNorm(name: string, x: FeatureMap, bias: number): FeatureMap {
    const one = { kind: "constant", value: 1 } as const;
    const zero = { kind: "constant", value: 0 } as const;
    const shape = [x.channels];
    const inputs = [
      x.value,
      this.parameter(`${name}.weight`, shape, one, "normalisation"),
      this.parameter(`${name}.bias`, shape, { kind: "constant", value: bias }, "normalisation"),
      this.parameter(`${name}.running_mean`, shape, zero, "statistic"),
      this.parameter(`${name}.running_var`, shape, one, "statistic"),
    ];
    return { ...x, value: this.g.op("BatchNormalization", inputs, { epsilon: float(EPSILON) }, { name }) };
  }

  relu(x: FeatureMap): FeatureMap {
    return { ...x, value: this.g.op("Relu", [x.value]) };
  }

  /** y = x W^T + b on [N, inputs]. */
  linear(
    name: string,
    x: string,
    inputs: number,
    outputs: number,
    start: { weight: Initialiser; bias: Initialiser },
  ): string {
    const weight = this.parameter(`${name}.weight`, [outputs, inputs], start.weight);
    const bias = this.parameter(`${name}.bias`, [outputs], start.bias, "bias");
    return this.g.op("Gemm", [x, weight, bias], { transB: int(1) }, { name });
  }

  /** Bilinear, half-pixel, clamped at the edge (align_corners false). */
  bilinear(
    x: FeatureMap,
    { height, width }: { readonly height: number; readonly width: number },
  ): FeatureMap {
    if (x.height === height && x.width === width) return x;
    return { ...x, value: resize(this.g, x, height, width, "linear", "half_pixel"), height, width };
  }

  /** Each value repeated in 2 x 2. */
  nearestTwice(x: FeatureMap): FeatureMap {
    const [height, width] = [2 * x.height, 2 * x.width];
    return { ...x, value: resize(this.g, x, height, width, "nearest", "asymmetric"), height, width };
  }

  /** Maps of one size, channel after channel. */
  concat(maps: readonly FeatureMap[]): FeatureMap {
    const channels = maps.reduce((sum, map) => sum + map.channels, 0);
    const value = this.g.op(
      "Concat",
      maps.map((map) => map.value),
      { axis: int(1) },
    );
    return { ...maps[0]!, value, channels };
  }

  add(a: FeatureMap, b: FeatureMap): FeatureMap {
    return { ...a, value: this.g.op("Add", [a.value, b.value]) };
  }
}

function resize(
  g: GraphBuilder,
  { value }: FeatureMap,
  height: number,
  width: number,
  mode: "linear" | "nearest",
  coordinates: "half_pixel" | "asymmetric",
): string {
  return g.op("Resize", [value, undefined, undefined, g.ints([height, width])], {
    axes: ints([2, 3]),
    mode: string(mode),
    coordinate_transformation_mode: string(coordinates),
    ...(mode === "nearest" ? { nearest_mode: string("floor") } : {}),
  });
}
