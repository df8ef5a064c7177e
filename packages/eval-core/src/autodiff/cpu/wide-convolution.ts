/**
 * Convolutions of small images, side by side: one product of the kernel with the taps of all images,
 * Y[o, p] = sum over r of W[o, r] T[r, p], where r runs over channel and tap and p over line, image and column.
 * The taps stay for the kernel's gradient, dW = dY T^T, which needs them anyway.
 *
 * An image of 14 x 14 makes a product 196 wide, which two threads share unevenly; eight of them make one 1,568 wide.
 */
import type { Node } from "../../onnx/ir.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { intOf } from "../attributes.ts";
import type { Emitter } from "../emitter.ts";
import { type AxisWindow, isWhole, paddingEnd } from "../geometry.ts";
import type { Residuals } from "../rules/rule.ts";
import { im2col } from "./taps.ts";

/** Larger images are wide enough by themselves, and their taps would fill the memory. */
const MOST_PIXELS = 16 * 16;

export function gainsByWidth(node: Node, e: Emitter, windows: readonly AxisWindow[]): boolean {
  const [batch] = e.shape(node.inputs[0]!) as [number];
  const pixels = sizeOf(windows.map((w) => w.output));
  return windows.length === 2 && batch > 1 && intOf(node, "group", 1) === 1 && pixels <= MOST_PIXELS;
}

/** Leaves the stacked taps [channels * taps, pixels of all images] as `taps`. */
export function convolveWide(node: Node, e: Emitter, windows: readonly AxisWindow[]): Residuals {
  const [x, w, bias] = node.inputs as [string, string, string | undefined];
  const [batch, channels] = e.shape(x) as [number, number];
  const [outputs] = e.shape(w) as [number];
  const kernel = windows.map((u) => u.kernel);
  const [v, h] = windows as [AxisWindow, AxisWindow];
  const padded = e.pad(e.sideBySide(x), [0, v.begin, 0, h.begin], [0, paddingEnd(v), 0, paddingEnd(h)]);
  const stacked = im2col(e, e.reshape(padded, [1, ...e.shape(padded)]), windows);
  const taps = e.reshape(stacked, [channels * sizeOf(kernel), v.output * batch * h.output]);
  const flat = e.reshape(w, [outputs, channels * sizeOf(kernel)]);
  const y = bias ? e.op("Gemm", [flat, taps, e.reshape(bias, [outputs, 1])]) : e.gemm(flat, taps);
  e.toNchw(e.reshape(y, [outputs, v.output, batch, h.output]), node.outputs[0]);
  return { taps };
}

/** A map [N, O, H, W] as rows [O, pixels of all images]. */
function rows(e: Emitter, map: string): string {
  const channels = e.shape(map)[1]!;
  return e.reshape(e.sideBySide(map), [channels, e.size(map) / channels]);
}

/** dW = dY T^T, of the shape of W. */
export function kernelGradientOfWide(e: Emitter, dy: string, taps: string, shape: readonly number[]): string {
  return e.reshape(e.gemm(rows(e, dy), taps, { transB: 1 }), shape);
}

/**
 * dX = W^T dY for a kernel of one element; else a convolution of dY with W turned around, over one image in which
 * the images stand side by side, so far apart that no window sees two of them. `otherwise` convolves, and serves
 * alone where that would not do.
 */
export function inputGradientOfWide(
  e: Emitter,
  dy: string,
  w: string,
  windows: readonly AxisWindow[],
  otherwise: (e: Emitter, dy: string, w: string, windows: readonly AxisWindow[], group: number) => string,
): string {
  const [outputs, channels] = e.shape(w) as [number, number];
  const [batch] = e.shape(dy) as [number];
  const [v, h] = windows as [AxisWindow, AxisWindow];
  if (windows.every(isWhole)) {
    const flat = e.reshape(w, [outputs, channels]);
    // A long product with its first factor transposed copies more of it than turning the kernel does.
    const product =
      outputs > channels
        ? e.gemm(e.transpose(flat, [1, 0]), rows(e, dy))
        : e.gemm(flat, rows(e, dy), { transA: 1 });
    return e.toNchw(e.reshape(product, [channels, v.size, batch, h.size]));
  }
  const strided = windows.some((u) => u.stride > 1);
  const reach = h.dilation * (h.kernel - 1);
  // Of a ConvTranspose, which may lack less than a stride at its end.
  const end = reach + 1 - h.stride - h.begin;
  if (strided && (v.size * h.size > MOST_PIXELS || -end >= h.stride)) return otherwise(e, dy, w, windows, 1);
  // Image n sends to columns from n * line * stride - begin on: none of them may be another's.
  const left = h.size + h.begin;
  const right = (h.output - 1) * h.stride + reach - h.begin + 1;
  const line = Math.max(h.output, Math.ceil(Math.max(left, right) / h.stride));
  const spaced = e.pad(e.sideBySide(dy), [0, 0, 0, 0], [0, 0, 0, line - h.output]);
  const one = e.reshape(spaced, [1, outputs, v.output, batch * line]);
  const size = batch * line * h.stride;
  const across = { ...h, size, output: batch * line, end: strided ? Math.max(0, end) : end };
  const dx = otherwise(e, one, w, [v, across], 1);
  const lines = e.reshape(dx, [channels, v.size, batch, line * h.stride]);
  return e.toNchw(e.slice(lines, [{ axis: 3, start: 0, step: 1, count: h.size }]));
}
