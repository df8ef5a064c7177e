/**
 * Where the windows of convolutions and pools lie: one account of pads, strides, dilations and output sizes
 * for the shape inference, the reference interpreter and the gradient rules.
 *
 * Along one axis: padded = size + begin + end; reach = dilation * (kernel - 1) + 1;
 * output = floor or ceil((padded - reach) / stride) + 1, and tap k of output o reads input o*stride + k*dilation - begin.
 */
import type { Node } from "../onnx/ir.ts";
import { intOf, intsOf, stringOf } from "./attributes.ts";
import { fail } from "./errors.ts";

export interface AxisWindow {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  readonly end: number;
  readonly output: number;
}

function perAxis(node: Node, name: string, rank: number): readonly number[] {
  const given = intsOf(node, name) ?? new Array<number>(rank).fill(1);
  if (given.length !== rank || given.some((v) => !Number.isInteger(v) || v < 1)) {
    fail(node, `'${name}' must hold ${rank} positive integers, one a spatial dimension, found [${given}]`);
  }
  return given;
}

function padsOf(node: Node, rank: number): readonly number[] {
  const pads = intsOf(node, "pads") ?? new Array<number>(2 * rank).fill(0);
  if (pads.length !== 2 * rank || pads.some((v) => !Number.isInteger(v) || v < 0)) {
    fail(
      node,
      `'pads' must hold ${2 * rank} non-negative integers (all begins, then all ends), found [${pads}]`,
    );
  }
  return pads;
}

/** Whether windows along an axis are its elements, one by one. */
export const isWhole = (w: AxisWindow): boolean => w.kernel === 1 && w.stride === 1 && w.output === w.size;

/** The windows of Conv and the pools over the spatial sizes of their input. */
export function windowsOf(node: Node, sizes: readonly number[], kernel: readonly number[]): AxisWindow[] {
  const rank = sizes.length;
  if (kernel.length !== rank)
    fail(node, `a kernel of ${kernel.length} dimensions does not fit an input of ${rank} spatial dimensions`);
  const strides = perAxis(node, "strides", rank);
  const dilations = perAxis(node, "dilations", rank);
  const automatic = stringOf(node, "auto_pad", "NOTSET");
  const pads = automatic === "NOTSET" ? padsOf(node, rank) : [];
  const round = intOf(node, "ceil_mode", 0) === 1 ? Math.ceil : Math.floor;
  return sizes.map((size, axis) => {
    const [k, stride, dilation] = [kernel[axis]!, strides[axis]!, dilations[axis]!];
    const reach = dilation * (k - 1) + 1;
    let begin = pads[axis] ?? 0;
    let end = pads[axis + rank] ?? 0;
    if (automatic === "SAME_UPPER" || automatic === "SAME_LOWER") {
      const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
      begin = automatic === "SAME_UPPER" ? Math.floor(total / 2) : Math.ceil(total / 2);
      end = total - begin;
    } else if (automatic !== "NOTSET" && automatic !== "VALID") {
      fail(node, `auto_pad '${automatic}' is none of NOTSET, VALID, SAME_UPPER, SAME_LOWER`);
    }
    let output = round((size + begin + end - reach) / stride) + 1;
    // As PyTorch and onnxruntime: a window that ceil_mode adds must start inside the input or its left padding.
    if (round === Math.ceil && (output - 1) * stride >= size + begin) output--;
    if (output < 1) {
      fail(
        node,
        `dimension ${axis + 2}: a window reaching over ${reach} does not fit a padded input of ${size + begin + end}`,
      );
    }
    return { size, kernel: k, stride, dilation, begin, end, output };
  });
}

/**
 * The windows of the convolution that a ConvTranspose is the gradient of: `size` is the ConvTranspose's own
 * output (the convolution's input) and `output` its input.
 */
export function transposedWindowsOf(
  node: Node,
  sizes: readonly number[],
  kernel: readonly number[],
): AxisWindow[] {
  const rank = sizes.length;
  const strides = perAxis(node, "strides", rank);
  const dilations = perAxis(node, "dilations", rank);
  const automatic = stringOf(node, "auto_pad", "NOTSET");
  if (automatic !== "NOTSET") fail(node, `auto_pad '${automatic}' is not supported here: give 'pads'`);
  if (intsOf(node, "output_shape")) fail(node, "'output_shape' is not supported here: give 'output_padding'");
  const pads = padsOf(node, rank);
  const extra = intsOf(node, "output_padding") ?? new Array<number>(rank).fill(0);
  return sizes.map((output, axis) => {
    const [k, stride, dilation] = [kernel[axis]!, strides[axis]!, dilations[axis]!];
    const [begin, end] = [pads[axis]!, pads[axis + rank]!];
    const size = (output - 1) * stride + dilation * (k - 1) + 1 + (extra[axis] ?? 0) - begin - end;
    if (size < 1) fail(node, `dimension ${axis + 2} of the output would have ${size} elements`);
    return { size, kernel: k, stride, dilation, begin, end, output };
  });
}

/** How far past the end the last window of an axis reaches into padding; it may leave some of `end` unread. */
export const paddingEnd = (w: AxisWindow): number =>
  Math.max(0, (w.output - 1) * w.stride + w.dilation * (w.kernel - 1) + 1 - w.size - w.begin);
