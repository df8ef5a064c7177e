/** Pools over any number of spatial dimensions. */
import { sizeOf } from "../../tensor/tensor.ts";
import { intOf, intsOf } from "../attributes.ts";
import { fail } from "../errors.ts";
import { type AxisWindow, windowsOf } from "../geometry.ts";
import { visitTaps } from "./convolution.ts";
import { type Kernel, need } from "./kernel.ts";
import { indices, value } from "./value.ts";

/**
 * How many cells an average divides by, one number an output: those inside the input, or with padding those
 * inside the padded input (ceil_mode may reach beyond even that).
 */
export function windowCounts(windows: readonly AxisWindow[], includePad: boolean): number[] {
  const counts: number[] = [];
  for (const o of indices(windows.map((w) => w.output))) {
    counts.push(
      windows.reduce((product, w, axis) => {
        let inside = 0;
        for (let k = 0; k < w.kernel; k++) {
          const at = o[axis]! * w.stride + k * w.dilation - w.begin;
          if (includePad ? at < w.size + w.end : at >= 0 && at < w.size) inside++;
        }
        return product * inside;
      }, 1),
    );
  }
  return counts;
}

export const pooling = {
  MaxPool: (inputs, node) => {
    if (node.outputs[1]) fail(node, "the indices output is not supported: WebGPU cannot compute it");
    const x = need(inputs, 0, node);
    const windows = windowsOf(node, x.shape.slice(2), intsOf(node, "kernel_shape") ?? []);
    const spatial = windows.map((w) => w.output);
    const [inSize, outSize] = [sizeOf(x.shape.slice(2)), sizeOf(spatial)];
    const planes = x.shape[0]! * x.shape[1]!;
    const y = new Float64Array(planes * outSize).fill(Number.NEGATIVE_INFINITY);
    visitTaps(windows, (input, output) => {
      for (let p = 0; p < planes; p++) {
        const at = p * outSize + output;
        y[at] = Math.max(y[at]!, x.data[p * inSize + input]!);
      }
    });
    return [value(x.dtype, [...x.shape.slice(0, 2), ...spatial], y)];
  },
  AveragePool: (inputs, node) => {
    const x = need(inputs, 0, node);
    const windows = windowsOf(node, x.shape.slice(2), intsOf(node, "kernel_shape") ?? []);
    const spatial = windows.map((w) => w.output);
    const [inSize, outSize] = [sizeOf(x.shape.slice(2)), sizeOf(spatial)];
    const planes = x.shape[0]! * x.shape[1]!;
    const y = new Float64Array(planes * outSize);
    visitTaps(windows, (input, output) => {
      for (let p = 0; p < planes; p++) y[p * outSize + output]! += x.data[p * inSize + input]!;
    });
    const counts = windowCounts(windows, intOf(node, "count_include_pad", 0) === 1);
    return [
      value(
        x.dtype,
        [...x.shape.slice(0, 2), ...spatial],
        y.map((sum, i) => sum / counts[i % outSize]!),
      ),
    ];
  },
  GlobalAveragePool: (inputs, node) => {
    const x = need(inputs, 0, node);
    const size = sizeOf(x.shape.slice(2));
    const y = new Float64Array(x.shape[0]! * x.shape[1]!);
    for (const [i, v] of x.data.entries()) y[Math.floor(i / size)]! += v / size;
    return [value(x.dtype, [...x.shape.slice(0, 2), ...x.shape.slice(2).map(() => 1)], y)];
  },
} satisfies Record<string, Kernel>;
