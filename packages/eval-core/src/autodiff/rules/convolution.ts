/**
 * Derivatives of convolutions. A convolution is linear in its input and in its kernel, and ConvTranspose is its
 * transpose, so two maps serve both: the gradient by the input and the gradient by the kernel.
 */

import { sizeOf } from "../../tensor/tensor.ts";
import { intOf, ints } from "../attributes.ts";
import type { Emitter } from "../emitter.ts";
import { type AxisWindow, paddingEnd, transposedWindowsOf, windowsOf } from "../geometry.ts";
import { each, type Rule, type RuleContext } from "./rule.ts";
import { readTap } from "./scatter.ts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

const convolutionAttributes = (windows: readonly AxisWindow[], group: number) => ({
  kernel_shape: ints(windows.map((w) => w.kernel)),
  strides: ints(windows.map((w) => w.stride)),
  dilations: ints(windows.map((w) => w.dilation)),
  pads: ints([...windows.map((w) => w.begin), ...windows.map((w) => w.end)]),
  group: { type: "int", value: group } as const,
});

/** W[O, C/g, k] with inputs and outputs swapped inside each group and every axis reversed: W'[C, O/g, -k]. */
function mirrored(e: Emitter, w: string, group: number): string {
  const [outputs, perGroup, ...kernel] = e.shape(w) as [number, number, ...number[]];
  const rank = kernel.length;
  const grouped = e.reshape(w, [group, outputs / group, perGroup, ...kernel]);
  const swapped = e.transpose(grouped, [0, 2, 1, ...range(3, 3 + rank)]);
  const flat = e.reshape(swapped, [group * perGroup, outputs / group, ...kernel]);
  return e.slice(
    flat,
    kernel.map((k, i) => ({ axis: 2 + i, start: k - 1, step: k > 1 ? -1 : 1, count: k })),
  );
}

/** dX[n,c,i] = sum over o, k of W[o,c,k] dY[n,o,(i + begin - k*dilation)/stride], where that is whole */
export function inputGradient(
  e: Emitter,
  dy: string,
  w: string,
  windows: readonly AxisWindow[],
  group: number,
): string {
  if (windows.every((v) => v.stride === 1)) {
    // A convolution of dY with the mirrored kernel.
    const plain = windows.map((v) => {
      const reach = v.dilation * (v.kernel - 1);
      return { ...v, stride: 1, begin: reach - v.begin, end: reach - v.end };
    });
    const frame = (side: "begin" | "end") => [0, 0, ...plain.map((v) => Math.min(0, v[side]))];
    const cut = e.pad(dy, frame("begin"), frame("end"));
    const padded = plain.map((v) => ({ ...v, begin: Math.max(0, v.begin), end: Math.max(0, v.end) }));
    return e.op("Conv", [cut, mirrored(e, w, group)], convolutionAttributes(padded, group));
  }
  const extra = windows.map(
    (v) => v.size - ((v.output - 1) * v.stride + v.dilation * (v.kernel - 1) + 1 - v.begin - v.end),
  );
  return e.op("ConvTranspose", [dy, w], {
    ...convolutionAttributes(windows, group),
    output_padding: ints(extra),
  });
}

/** Channels first, so that every tap of every image is one long row: [N,C,...] to [C,N,...]. */
const channelsFirst = (e: Emitter, x: string): string =>
  e.transpose(x, [1, 0, ...range(2, e.shape(x).length)]);

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
): string {
  const [batch, channels] = e.shape(x) as [number, number];
  const perGroup = channels / group;
  const outputs = e.shape(dy)[1]!;
  const kernel = windows.map((w) => w.kernel);
  const taps = sizeOf(kernel);
  const positions = sizeOf(windows.map((w) => w.output));
  // A product an image needs no transposition of the images, but a sum of as many kernels.
  const apart = batch === 1 || outputs * perGroup * taps < (outputs + channels) * positions;
  const read = (source: string) => tapColumns(e, padded(e, source, windows), windows);
  const dw =
    group === 1 && apart
      ? productAnImage(e, read(x), dy)
      : productOfAll(e, read(channelsFirst(e, x)), channelsFirst(e, dy), group);
  const split = e.reshape(dw, [outputs, taps, perGroup]);
  return e.reshape(e.transpose(split, [0, 2, 1]), [outputs, perGroup, ...kernel]);
}

const padded = (e: Emitter, x: string, windows: readonly AxisWindow[]): string =>
  e.pad(x, [0, 0, ...windows.map((w) => w.begin)], [0, 0, ...windows.map(paddingEnd)]);

/** Taps [N,C,P] and dY [N,O,P] to [O, taps*C]: the sum over images of dY[n] taps[n]^T. */
function productAnImage(e: Emitter, columns: readonly string[], dy: string): string {
  const [batch, channels] = e.shape(columns[0]!) as [number, number];
  const outputs = e.shape(dy)[1]!;
  const positions = e.size(dy) / batch / outputs;
  const stacked = e.reshape(e.concat(columns, 1), [batch, columns.length * channels, positions]);
  const rows = e.reshape(dy, [batch, outputs, positions]);
  if (batch === 1) {
    const flat = (a: string) => e.reshape(a, e.shape(a).slice(1));
    return e.gemm(flat(rows), flat(stacked), { transB: 1 });
  }
  return e.sum(e.matMul(rows, e.transpose(stacked, [0, 2, 1])), [0], false);
}

/** Taps [C,N,P] and dY [O,N,P] to [O, taps*C/g]: one product a group over all images at once. */
function productOfAll(e: Emitter, columns: readonly string[], dy: string, group: number): string {
  const perGroup = e.shape(columns[0]!)[0]! / group;
  const outputs = e.shape(dy)[0]!;
  const row = e.size(dy) / outputs;
  if (group === 1) {
    const stacked = e.reshape(e.concat(columns, 0), [columns.length * perGroup, row]);
    return e.gemm(e.reshape(dy, [outputs, row]), stacked, { transB: 1 });
  }
  const stacked = e.concat(
    columns.map((part) => e.reshape(part, [group, perGroup, row])),
    1,
  );
  return e.matMul(e.reshape(dy, [group, outputs / group, row]), e.transpose(stacked, [0, 2, 1]));
}

/**
 * What every tap reads, in the kernel's order. The last axis is cut first: a slice of it copies short rows, and every
 * slice of an earlier axis then copies long ones.
 */
function tapColumns(e: Emitter, source: string, windows: readonly AxisWindow[], axis = 0): string[] {
  const w = windows[axis];
  if (w === undefined) return [source];
  if (axis === 0 && windows.every(({ kernel }) => kernel === 1)) {
    // One tap: one slice of all axes reads nothing twice.
    return [
      e.slice(
        source,
        windows.map((v, i) => ({ axis: 2 + i, start: 0, step: v.stride, count: v.output })),
      ),
    ];
  }
  const inner = tapColumns(e, source, windows, axis + 1);
  return range(0, w.kernel).flatMap((k) => inner.map((part) => readTap(e, part, 2 + axis, w, k)));
}

/** dB = dY summed over everything but the channels */
const biasGradient = ({ e, dy }: RuleContext): string =>
  e.sum(dy(), [0, ...range(2, e.shape(dy()).length)], false);

function geometry({ e, node, x }: RuleContext): { windows: AxisWindow[]; group: number } {
  const compute = node.opType === "Conv" ? windowsOf : transposedWindowsOf;
  const windows = compute(node, e.shape(x(0)).slice(2), e.shape(x(1)).slice(2));
  return { windows, group: intOf(node, "group", 1) };
}

export const convolution = {
  Conv: each(
    (c) => {
      const { windows, group } = geometry(c);
      return inputGradient(c.e, c.dy(), c.x(1), windows, group);
    },
    (c) => {
      const { windows, group } = geometry(c);
      return kernelGradient(c.e, c.x(0), c.dy(), windows, group);
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
