/**
 * Derivatives of convolutions. A convolution is linear in its input and in its kernel, and ConvTranspose is its
 * transpose, so two maps serve both: the gradient by the input and the gradient by the kernel.
 */

import { sizeOf } from "../../tensor/tensor.ts";
import { intOf, ints } from "../attributes.ts";
import { losesEndPadding, withEndPadding } from "../cpu/end-padding.ts";
import { im2col, imagesInside } from "../cpu/taps.ts";
import { inputGradientOfWide, kernelGradientOfWide } from "../cpu/wide-convolution.ts";
import type { Emitter } from "../emitter.ts";
import { type AxisWindow, paddingEnd, transposedWindowsOf, windowsOf } from "../geometry.ts";
import { each, type Rule, type RuleContext } from "./rule.ts";
import { interleave } from "./scatter.ts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

const convolutionAttributes = (windows: readonly AxisWindow[], group: number) => ({
  kernel_shape: ints(windows.map((w) => w.kernel)),
  strides: ints(windows.map((w) => w.stride)),
  dilations: ints(windows.map((w) => w.dilation)),
  pads: ints([...windows.map((w) => w.begin), ...windows.map((w) => w.end)]),
  group: { type: "int", value: group } as const,
});

/** dY, framed so that windows of stride 1 end where X ends, convolved with a kernel. */
function correlation(
  e: Emitter,
  dy: string,
  kernel: string,
  windows: readonly AxisWindow[],
  group: number,
): string {
  const plain = windows.map((v) => {
    const reach = v.dilation * (v.kernel - 1);
    return { ...v, stride: 1, begin: reach - v.begin, end: reach - v.end };
  });
  const cuts = plain.map((v) => Math.max(0, -v.begin) + Math.max(0, -v.end));
  const left = e.shape(dy).map((size, axis) => size - (cuts[axis - 2] ?? 0));
  // Nothing but padding was read: onnxruntime does not survive a convolution of an empty image on WebGPU.
  if (left.some((size) => size < 1))
    return e.zeros([left[0]!, e.shape(kernel)[0]!, ...windows.map((v) => v.size)], dy);
  const padded = plain.map((v, i) => ({
    ...v,
    size: left[2 + i]!,
    begin: Math.max(0, v.begin),
    end: Math.max(0, v.end),
  }));
  const frame = (side: "begin" | "end") => [0, 0, ...plain.map((v) => Math.min(0, v[side]))];
  const cut = e.pad(dy, frame("begin"), frame("end"));
  if (!losesEndPadding(padded)) return e.op("Conv", [cut, kernel], convolutionAttributes(padded, group));
  const within = padded.map((v) => ({ ...v, end: 0 }));
  return e.op("Conv", [withEndPadding(e, cut, padded), kernel], convolutionAttributes(within, group));
}

/** So many elements are reversed by a product; more cost more than they save. */
const LARGEST_EXCHANGE = 64;

/**
 * Every spatial axis reversed: by a product with the exchange matrix, for onnxruntime's slices with negative steps go
 * element by element in one thread; it takes a sixth of their time for kernels of 3 x 3.
 */
function reversed(e: Emitter, x: string): string {
  const shape = e.shape(x);
  const spatial = shape.slice(2);
  const size = sizeOf(spatial);
  if (size === 1) return x;
  if (size > LARGEST_EXCHANGE) {
    const backwards = spatial.map((count, i) => ({
      axis: 2 + i,
      start: count - 1,
      step: count > 1 ? -1 : 1,
      count,
    }));
    return e.slice(x, backwards);
  }
  const exchange = range(0, size * size).map((at) =>
    Math.floor(at / size) + (at % size) === size - 1 ? 1 : 0,
  );
  const rows = e.reshape(x, [e.size(x) / size, size]);
  return e.reshape(e.matMul(rows, e.literal(e.dtype(x), [size, size], exchange)), shape);
}

/** W[O, C/g, k] with inputs and outputs swapped inside each group: W'[C, O/g, k]. */
function swapped(e: Emitter, w: string, group: number): string {
  const [outputs, perGroup, ...kernel] = e.shape(w) as [number, number, ...number[]];
  const rank = kernel.length;
  const grouped = e.reshape(w, [group, outputs / group, perGroup, ...kernel]);
  const moved = e.transpose(grouped, [0, 2, 1, ...range(3, 3 + rank)]);
  return e.reshape(moved, [group * perGroup, outputs / group, ...kernel]);
}

/** dX[n,c,i] = sum over o, k of W[o,c,k] dY[n,o,(i + begin - k*dilation)/stride], where that is whole */
export function inputGradient(
  e: Emitter,
  dy: string,
  w: string,
  windows: readonly AxisWindow[],
  group: number,
): string {
  if (group === 1 && windows.some((v) => v.stride > 1)) {
    const extra = windows.map(
      (v) => v.size - ((v.output - 1) * v.stride + v.dilation * (v.kernel - 1) + 1 - v.begin - v.end),
    );
    return e.op("ConvTranspose", [dy, w], {
      ...convolutionAttributes(windows, group),
      output_padding: ints(extra),
    });
  }
  // With zeros between, as if the stride had been 1: onnxruntime's ConvTranspose is wrong for groups on WebGPU.
  const spread = windows.reduce((made, v, i) => interleave(e, made, 2 + i, v.stride), dy);
  const dense = windows.map((v, i) => {
    const output = e.shape(spread)[2 + i]!;
    const end = output + v.dilation * (v.kernel - 1) - v.size - v.begin;
    return { ...v, stride: 1, output, end };
  });
  // A convolution of dY with the reversed kernel; or of dY reversed, and reversed again, where that is less.
  const kernel = swapped(e, w, group);
  const images = e.size(spread) + sizeOf(dense.map((v) => v.size)) * e.shape(dy)[0]! * e.shape(kernel)[0]!;
  const pointwise = dense.every((v) => v.kernel === 1);
  if (pointwise || images >= e.size(w)) return correlation(e, spread, reversed(e, kernel), dense, group);
  const turned = dense.map((v) => ({ ...v, begin: v.end, end: v.begin }));
  return reversed(e, correlation(e, reversed(e, spread), kernel, turned, group));
}

/**
 * So many taps are stacked at once where a kernel is large: those of 36 channels of 256 x 256 would fill 462 MB for a
 * kernel of 7 x 7. They are stacked a few channels after the other, which costs nothing.
 */
const MOST_TAPS = 1 << 24;
const LARGE_KERNEL = 25;

/**
 * dW[o,c,k] = sum over n, p of dY[n,o,p] X[n,c,p*stride + k*dilation - begin], as matrix products of dY with the taps
 * of X, stacked: two to five times faster than a convolution of X with dY, whose kernel would be as large as an image.
 */
export function kernelGradient(
  e: Emitter,
  x: string,
  dy: string,
  windows: readonly AxisWindow[],
  group: number,
  mostTaps = MOST_TAPS,
): string {
  const [batch, channels] = e.shape(x) as [number, number];
  const perGroup = channels / group;
  const outputs = e.shape(dy)[1]!;
  const kernel = windows.map((w) => w.kernel);
  const positions = sizeOf(windows.map((w) => w.output));
  const rows = perGroup * sizeOf(kernel);
  const padded = e.pad(x, [0, 0, ...windows.map((w) => w.begin)], [0, 0, ...windows.map(paddingEnd)]);
  if (group === 1 && sizeOf(kernel) >= LARGE_KERNEL) {
    const atOnce = Math.max(1, Math.floor(mostTaps / (batch * sizeOf(kernel) * positions)));
    if (atOnce < channels) {
      const parts = range(0, Math.ceil(channels / atOnce)).map((i) => {
        const count = Math.min(atOnce, channels - i * atOnce);
        const part = e.slice(x, [{ axis: 1, start: i * atOnce, step: 1, count }]);
        return kernelGradient(e, part, dy, windows, 1, mostTaps);
      });
      return e.concat(parts, 1);
    }
  }
  if (group === channels && outputs === channels && sizeOf(kernel) > 1)
    return depthwiseGradient(e, padded, dy, windows);
  // A product an image needs no transposition of the images, but a sum of as many kernels.
  const apart = group === 1 && (batch === 1 || outputs * rows < (outputs + channels) * positions);
  const dw = apart
    ? productAnImage(
        e,
        e.reshape(dy, [batch, outputs, positions]),
        e.reshape(im2col(e, padded, windows), [batch, rows, positions]),
      )
    : productOfAll(
        e,
        e.reshape(imagesInside(e, dy), [group, outputs / group, batch * positions]),
        e.reshape(im2col(e, imagesInside(e, padded), windows), [group, rows, batch * positions]),
      );
  return e.reshape(dw, [outputs, perGroup, ...kernel]);
}

/**
 * dW[c,k] = sum over n, p of dY[n,c,p] X[n,c,p*stride + k*dilation]: where each channel has a kernel of its own there is
 * no product to gain, and stacked taps would hold the layer's input as often as the kernel has taps: 3.8 GB for
 * ConvNeXt-T's first stage at a batch of 64. One tap after the other holds one of them.
 */
function depthwiseGradient(e: Emitter, padded: string, dy: string, windows: readonly AxisWindow[]): string {
  const channels = e.shape(dy)[1]!;
  const summed = [0, ...windows.map((_, i) => 2 + i)];
  const kernel = windows.map((w) => w.kernel);
  const taps = range(0, sizeOf(kernel)).map((tap) => {
    let rest = tap;
    const at = [...kernel].reverse().map((size) => {
      const k = rest % size;
      rest = Math.floor(rest / size);
      return k;
    });
    at.reverse();
    const read = windows.map((w, i) => ({
      axis: 2 + i,
      start: at[i]! * w.dilation,
      step: w.stride,
      count: w.output,
    }));
    const sum = e.sum(e.mul(dy, e.slice(padded, read)), summed, false);
    return e.reshape(sum, [channels, 1]);
  });
  return e.reshape(e.concat(taps, 1), [channels, 1, ...kernel]);
}

/** dY [N,O,P] and taps [N,R,P] to [O,R]: the sum over images of dY[n] taps[n]^T. */
function productAnImage(e: Emitter, dy: string, taps: string): string {
  if (e.shape(dy)[0] === 1) return productOfAll(e, dy, taps);
  const product = (a: string, b: string) => e.sum(e.matMul(a, e.transpose(b, [0, 2, 1])), [0], false);
  // The second factor is packed before it is multiplied, so it had better be the smaller one.
  return e.shape(dy)[1]! >= e.shape(taps)[1]! ? product(dy, taps) : e.transpose(product(taps, dy), [1, 0]);
}

/** dY [g,O/g,P] and taps [g,R,P] to [g,O/g,R]: one product a group over all images at once. */
function productOfAll(e: Emitter, dy: string, taps: string): string {
  if (e.shape(dy)[0] !== 1) return e.matMul(dy, e.transpose(taps, [0, 2, 1]));
  const flat = (a: string) => e.reshape(a, e.shape(a).slice(1));
  return e.gemm(flat(dy), flat(taps), { transB: 1 });
}

/** dB = dY summed over everything but the channels */
const biasGradient = ({ e, dy }: RuleContext): string =>
  e.sum(dy(), [0, ...range(2, e.shape(dy()).length)], false);

function geometry({ e, node, x }: RuleContext): { windows: AxisWindow[]; group: number } {
  const compute = node.opType === "Conv" ? windowsOf : transposedWindowsOf;
  const windows = compute(node, e.shape(x(0)).slice(2), e.shape(x(1)).slice(2));
  return { windows, group: intOf(node, "group", 1) };
}

/**
 * dY as factors D by[channel], where the kernel is so small that multiplying it, and its gradient, is less work than
 * multiplying D.
 */
function smallerFactors({ e, dy, x }: RuleContext): { dy: string; by?: string } {
  const factors = e.factors(dy());
  if (!factors || 2 * e.size(x(1)) > e.size(dy())) return { dy: dy() };
  return { dy: factors.value, by: factors.by };
}

/** The kernel W[O, ...], or its gradient, times a number an output. */
function mulOutputs(e: Emitter, w: string, by: string | undefined): string {
  if (by === undefined) return w;
  const [outputs, shape] = [e.shape(w)[0]!, e.shape(w)];
  const rows = e.reshape(w, [outputs, e.size(w) / outputs]);
  return e.reshape(e.mul(rows, e.reshape(by, [outputs, 1])), shape);
}

export const convolution = {
  Conv: each(
    (c) => {
      const { windows, group } = geometry(c);
      const { dy, by } = smallerFactors(c);
      const w = mulOutputs(c.e, c.x(1), by);
      return c.leaves("taps")
        ? inputGradientOfWide(c.e, dy, w, windows, inputGradient)
        : inputGradient(c.e, dy, w, windows, group);
    },
    (c) => {
      const { windows, group } = geometry(c);
      const { dy, by } = smallerFactors(c);
      const dw = c.leaves("taps")
        ? kernelGradientOfWide(c.e, dy, c.residual("taps"), c.e.shape(c.x(1)))
        : kernelGradient(c.e, c.x(0), dy, windows, group);
      return mulOutputs(c.e, dw, by);
    },
    biasGradient,
  ),
  // The transpose of Conv: dX = Conv(dY, W), and dW is Conv's with X and dY in each other's place
  ConvTranspose: each(
    (c) => {
      const { windows, group } = geometry(c);
      const { e } = c;
      const dx = e.op("Conv", [c.dy(), c.x(1)], convolutionAttributes(windows, group));
      return e.slice(
        dx,
        windows.map((w, i) => ({ axis: 2 + i, start: 0, step: 1, count: w.output })),
      );
    },
    (c) => {
      const { windows, group } = geometry(c);
      return kernelGradient(c.e, c.dy(), c.x(0), windows, group);
    },
    biasGradient,
  ),
} satisfies Record<string, Rule>;
