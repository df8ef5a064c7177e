/** The ConvNeXt as a graph. Maps stand as [N, C, H, W] between blocks and as [N, H, W, C] inside one. */
import { int, ints } from "../../onnx/attributes.ts";
import type { GraphBuilder } from "../../onnx/builder.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import type { GraphForm, Weights } from "../family.ts";
import { activate, fixedNumber, layerNorm, linear } from "../layers.ts";
import { rowsTimes, transposed } from "../matrices.ts";
import type { ConvNextArchitecture } from "./architecture.ts";

type Float = Tensor<"float32">;

/** Linear maps turned to [inputs, outputs]; for inference layer scale goes into the second one of a block. */
export function convNextWeights(_: ConvNextArchitecture, tensors: Weights, form: GraphForm): Weights {
  const out = new Map<string, Float>();
  for (const [name, value] of tensors) {
    if (name.endsWith(".gamma") && !name.endsWith("grn.gamma")) {
      if (form.training) out.set(name, value);
      continue;
    }
    const gamma = form.training ? undefined : tensors.get(name.replace(/pwconv2\.(weight|bias)$/, "gamma"));
    const scaled = /\.pwconv2\./.test(name) && gamma ? rowsTimes(value, gamma.data) : value;
    if (value.shape.length === 2) out.set(name, transposed(scaled));
    else if (form.training && /^(stem|down\.\d)\.conv\.weight$/.test(name)) out.set(name, asMatrix(value));
    else out.set(name, scaled);
  }
  return out;
}

/** A kernel that strides by its own size, as the matrix that multiplies patches: [C k k, outputs]. */
const asMatrix = ({ data, shape }: Float): Float =>
  transposed(tensor("float32", [shape[0]!, data.length / shape[0]!], data));

export function buildConvNext(
  g: GraphBuilder,
  a: ConvNextArchitecture,
  input: string,
  outputs: readonly string[],
  form: GraphForm,
): Map<string, readonly number[]> {
  const toNhwc = (x: string) => g.op("Transpose", [x], { perm: ints([0, 2, 3, 1]) });
  const toNchw = (x: string) => g.op("Transpose", [x], { perm: ints([0, 3, 1, 2]) });
  let [height, width] = form.size;
  /** [N, C, H, W] to [N, H/k, W/k, outputs]: a convolution whose stride is its kernel; what is left over is not seen. */
  const patchify = (x: string, name: string, channels: number, k: number): string => {
    const [rows, columns] = [Math.floor(height / k), Math.floor(width / k)];
    const cut =
      rows * k === height && columns * k === width
        ? x
        : g.op("Slice", [x, g.ints([0, 0]), g.ints([rows * k, columns * k]), g.ints([2, 3])]);
    [height, width] = [rows, columns];
    if (!form.training) {
      return toNhwc(
        g.op("Conv", [x, `${name}.weight`, `${name}.bias`], {
          kernel_shape: ints([k, k]),
          strides: ints([k, k]),
        }),
      );
    }
    const apart = g.op("Reshape", [cut, g.ints([0, channels, rows, k, columns, k])]);
    const together = g.op("Transpose", [apart], { perm: ints([0, 2, 4, 1, 3, 5]) });
    return linear(g, g.op("Reshape", [together, g.ints([0, rows, columns, channels * k * k])]), name);
  };
  const shapes = new Map<string, readonly number[]>();
  let x = toNchw(layerNorm(g, patchify(input, "stem.conv", 3, 4), "stem.norm", a.epsilon));
  a.widths.forEach((channels, stage) => {
    if (stage > 0) {
      const normed = toNchw(layerNorm(g, toNhwc(x), `down.${stage}.norm`, a.epsilon));
      x = toNchw(patchify(normed, `down.${stage}.conv`, a.widths[stage - 1]!, 2));
    }
    for (let i = 0; i < a.depths[stage]!; i++)
      x = block(g, a, form, x, `stages.${stage}.blocks.${i}.`, channels);
    if (outputs.includes(`stage${stage + 1}`)) {
      g.op("Identity", [x], {}, { output: `stage${stage + 1}` });
      shapes.set(`stage${stage + 1}`, [channels, height, width]);
    }
  });
  const norm = (value: string) => (a.lastNorm ? layerNorm(g, value, "norm", a.lastEpsilon) : value);
  const mean = (value: string, axes: readonly number[]) =>
    g.op("ReduceMean", [value, g.ints(axes)], { keepdims: int(0) });
  for (const output of outputs) {
    // The mean first, then its norm; the mean of normed places is another number.
    if (output === "features" || output === "pooled") {
      g.op("Identity", [norm(mean(x, [2, 3]))], {}, { output });
    } else if (output === "mean-patch") {
      g.op("Identity", [mean(norm(toNhwc(x)), [1, 2])], {}, { output });
    } else continue;
    shapes.set(output, [a.featureDimension]);
  }
  return shapes;

  /** x + gamma pw2(GRN?(gelu(pw1(norm(dwconv(x)))))) */
  function block(
    builder: GraphBuilder,
    { epsilon, responseNorm, layerScale }: ConvNextArchitecture,
    { training }: GraphForm,
    value: string,
    at: string,
    channels: number,
  ): string {
    const spatial = builder.op("Conv", [value, `${at}dwconv.weight`, `${at}dwconv.bias`], {
      kernel_shape: ints([7, 7]),
      pads: ints([3, 3, 3, 3]),
      group: int(channels),
    });
    const normed = layerNorm(builder, toNhwc(spatial), `${at}norm`, epsilon);
    let inner = activate(builder, linear(builder, normed, `${at}pwconv1`), "gelu");
    if (responseNorm) inner = globalResponse(builder, inner, at, training);
    let y = linear(builder, inner, `${at}pwconv2`);
    if (layerScale && training) y = builder.op("Mul", [y, `${at}gamma`]);
    return builder.op("Add", [value, toNchw(y)]);
  }
}

/** g = sqrt(sum over H, W of t^2) a channel, n = g / (mean over channels of g + 1e-6), t + gamma (t n) + beta. */
function globalResponse(g: GraphBuilder, t: string, at: string, training: boolean): string {
  let squares = g.op("ReduceSum", [g.op("Mul", [t, t]), g.ints([1, 2])], { keepdims: int(1) });
  // At a channel of zeros the root's slope is infinite, and PyTorch's gradient of the norm 0: so is this one's, by what
  // is added to sums that are below any that count.
  if (training) squares = g.op("Add", [squares, fixedNumber(g, 1e-30)]);
  const size = g.op("Sqrt", [squares]);
  const mean = g.op("ReduceMean", [size, g.ints([-1])], { keepdims: int(1) });
  const relative = g.op("Div", [size, g.op("Add", [mean, fixedNumber(g, 1e-6)])]);
  const scaled = g.op("Mul", [g.op("Mul", [t, relative]), `${at}grn.gamma`]);
  return g.op("Add", [g.op("Add", [scaled, `${at}grn.beta`]), t]);
}
