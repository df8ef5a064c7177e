/** What the taps of a kernel read of feature maps, stacked: convolution as a matrix product ("im2col"). */
import { tensor } from "../../tensor/tensor.ts";
import { int } from "../attributes.ts";
import type { Emitter } from "../emitter.ts";
import type { AxisWindow } from "../geometry.ts";
import { readTaps } from "../rules/scatter.ts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** [N,C,H,...] to [1,C,H,N,...]: a line of all images is one long row. */
export function imagesInside(e: Emitter, x: string): string {
  if (e.shape(x).length === 4) {
    const lines = e.sideBySide(x);
    return e.reshape(lines, [1, ...e.shape(lines)]);
  }
  const moved = e.transpose(x, [1, 2, 0, ...range(3, e.shape(x).length)]);
  return e.reshape(moved, [1, ...e.shape(moved)]);
}

/**
 * What the taps of a kernel read of X [N,C,H,...], padded, as [N, C*taps*HO, ...]: channel, tap, line. Other axes may
 * stand between H and the last spatial ones. Lines are gathered whole, in one pass that onnxruntime shares among its
 * threads; slices and their concatenation would be two by one thread.
 */
export function im2col(e: Emitter, x: string, windows: readonly AxisWindow[]): string {
  const [first, ...rest] = windows as [AxisWindow, ...AxisWindow[]];
  const [batch, channels, height, ...others] = e.shape(x) as [number, number, number, ...number[]];
  const innermost = 3 + others.length - rest.length;
  if (windows.every(({ kernel }) => kernel === 1)) {
    // One tap: slices alone. Lines first, which are copied whole; what is left of them goes element by element.
    const cut = (from: string, { stride, output }: AxisWindow, axis: number) =>
      e.slice(from, [{ axis, start: 0, step: stride, count: output }]);
    return rest.reduce((from, w, i) => cut(from, w, innermost + i), cut(x, first, 2));
  }
  const columns = readTaps(e, x, rest, innermost);
  const row = e.size(columns[0]!) / (batch * channels * height);
  const lines = e.concat(
    columns.map((part) => e.reshape(part, [batch, channels * height, row])),
    1,
  );
  const from: number[] = [];
  for (const channel of range(0, channels)) {
    for (const k of range(0, first.kernel)) {
      for (const t of columns.keys()) {
        for (const o of range(0, first.output))
          from.push((t * channels + channel) * height + o * first.stride + k * first.dilation);
      }
    }
  }
  const index = e.initializer(e.fresh("lines"), tensor("int32", [from.length], Int32Array.from(from)));
  return e.op("Gather", [lines, index], { axis: int(1) });
}
