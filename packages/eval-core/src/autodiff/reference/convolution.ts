/** Convolutions over any number of spatial dimensions, straight from their definition. */
import type { Node } from "../../onnx/ir.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { intOf } from "../attributes.ts";
import { fail } from "../errors.ts";
import { type AxisWindow, transposedWindowsOf, windowsOf } from "../geometry.ts";
import { type Kernel, need } from "./kernel.ts";
import { indices, type Value, value } from "./value.ts";

/** The input position that output `o` reads through tap `k`, as a flat offset; -1 in the padding. */
export function tapOffset(
  windows: readonly AxisWindow[],
  o: readonly number[],
  k: readonly number[],
): number {
  let offset = 0;
  for (let axis = 0; axis < windows.length; axis++) {
    const w = windows[axis]!;
    const at = o[axis]! * w.stride + k[axis]! * w.dilation - w.begin;
    if (at < 0 || at >= w.size) return -1;
    offset = offset * w.size + at;
  }
  return offset;
}

/** Calls `visit(input offset, output offset, tap)` for every output and every tap that is inside the input. */
export function visitTaps(
  windows: readonly AxisWindow[],
  visit: (input: number, output: number, tap: number) => void,
): void {
  let output = 0;
  for (const o of indices(windows.map((w) => w.output))) {
    let tap = 0;
    for (const k of indices(windows.map((w) => w.kernel))) {
      const input = tapOffset(windows, o, k);
      if (input >= 0) visit(input, output, tap);
      tap++;
    }
    output++;
  }
}

/** Groups, and the channels of a group on the kernel's second axis, checked against the input's channels. */
function groupsOf(node: Node, x: Value, w: Value, inputAxis: 0 | 1): number {
  const group = intOf(node, "group", 1);
  const expected = inputAxis === 1 ? w.shape[1]! * group : w.shape[0]!;
  if (x.shape[1] !== expected)
    fail(
      node,
      `the kernel [${w.shape}] in ${group} groups expects ${expected} channels, found ${x.shape[1]}`,
    );
  return group;
}

export const convolution = {
  /** Y[n,o,p] = B[o] + sum over c, k of W[o,c,k] * X[n, group(o) + c, p*stride + k*dilation - begin] */
  Conv: (inputs, node) => {
    const [x, w, bias] = [need(inputs, 0, node), need(inputs, 1, node), inputs[2]];
    const windows = windowsOf(node, x.shape.slice(2), w.shape.slice(2));
    const group = groupsOf(node, x, w, 1);
    const [batch, channels] = x.shape as [number, number];
    const [outputs, perGroup] = w.shape as [number, number];
    const spatial = windows.map((v) => v.output);
    const [inSize, outSize, taps] = [
      sizeOf(windows.map((v) => v.size)),
      sizeOf(spatial),
      sizeOf(w.shape.slice(2)),
    ];
    const y = new Float64Array(batch * outputs * outSize);
    visitTaps(windows, (input, output, tap) => {
      for (let n = 0; n < batch; n++) {
        for (let o = 0; o < outputs; o++) {
          const first = Math.floor(o / (outputs / group)) * perGroup;
          for (let c = 0; c < perGroup; c++) {
            y[(n * outputs + o) * outSize + output]! +=
              w.data[(o * perGroup + c) * taps + tap]! * x.data[(n * channels + first + c) * inSize + input]!;
          }
        }
      }
    });
    if (bias) for (let i = 0; i < y.length; i++) y[i]! += bias.data[Math.floor(i / outSize) % outputs]!;
    return [value(x.dtype, [batch, outputs, ...spatial], y)];
  },
  /** The transpose of Conv as a linear map of its input: every product goes the other way. */
  ConvTranspose: (inputs, node) => {
    const [x, w, bias] = [need(inputs, 0, node), need(inputs, 1, node), inputs[2]];
    const windows = transposedWindowsOf(node, x.shape.slice(2), w.shape.slice(2));
    const group = groupsOf(node, x, w, 0);
    const [batch, channels] = x.shape as [number, number];
    const perGroup = w.shape[1]!;
    const outputs = perGroup * group;
    const spatial = windows.map((v) => v.size);
    const [inSize, outSize, taps] = [
      sizeOf(windows.map((v) => v.output)),
      sizeOf(spatial),
      sizeOf(w.shape.slice(2)),
    ];
    const y = new Float64Array(batch * outputs * outSize);
    visitTaps(windows, (output, input, tap) => {
      for (let n = 0; n < batch; n++) {
        for (let c = 0; c < channels; c++) {
          const first = Math.floor(c / (channels / group)) * perGroup;
          for (let o = 0; o < perGroup; o++) {
            y[(n * outputs + first + o) * outSize + output]! +=
              w.data[(c * perGroup + o) * taps + tap]! * x.data[(n * channels + c) * inSize + input]!;
          }
        }
      }
    });
    if (bias) for (let i = 0; i < y.length; i++) y[i]! += bias.data[Math.floor(i / outSize) % outputs]!;
    return [value(x.dtype, [batch, outputs, ...spatial], y)];
  },
} satisfies Record<string, Kernel>;
