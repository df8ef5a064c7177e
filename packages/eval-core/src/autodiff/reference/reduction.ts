/** Reductions, and what is a reduction with arithmetic around it: softmax. */
import type { Node } from "../../onnx/ir.ts";
import { axisOf, intOf, intsOf } from "../attributes.ts";
import { type Kernel, need, numbers } from "./kernel.ts";
import { indices, offsetOf, stridesOf, type Value, value } from "./value.ts";

/** The axes of a Reduce operator: its second input since opset 18, an attribute before; none means all. */
export function reducedAxes(node: Node, rank: number, given: readonly number[] | undefined): number[] {
  const axes = given ?? intsOf(node, "axes") ?? [];
  if (axes.length === 0) return intOf(node, "noop_with_empty_axes", 0) ? [] : [...new Array(rank).keys()];
  return axes.map((axis) => axisOf(node, axis, rank));
}

const reduce =
  (f: (values: number[]) => number): Kernel =>
  (inputs, node) => {
    const x = need(inputs, 0, node);
    const axes = reducedAxes(node, x.shape.length, numbers(inputs[1]));
    const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const strides = stridesOf(kept).map((s, axis) => (axes.includes(axis) ? 0 : s));
    const groups = Array.from({ length: kept.reduce((a, b) => a * b, 1) }, (): number[] => []);
    let at = 0;
    for (const index of indices(x.shape)) groups[offsetOf(index, strides)]!.push(x.data[at++]!);
    const shape = intOf(node, "keepdims", 1) ? kept : kept.filter((_, axis) => !axes.includes(axis));
    return [value(x.dtype, shape, groups.map(f))];
  };

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Applies `f` to every line of `x` along one axis. */
export function alongAxis(x: Value, axis: number, f: (line: readonly number[]) => readonly number[]): Value {
  const size = x.shape[axis]!;
  const inner = stridesOf(x.shape)[axis]!;
  const data = new Float64Array(x.data.length);
  for (let start = 0; start < data.length; start++) {
    if (Math.floor(start / inner) % size !== 0) continue;
    const line = Array.from({ length: size }, (_, i) => x.data[start + i * inner]!);
    for (const [i, v] of f(line).entries()) data[start + i * inner] = v;
  }
  return value(x.dtype, x.shape, data);
}

function logSoftmax(line: readonly number[]): number[] {
  const top = Math.max(...line);
  const logSum = top + Math.log(sum(line.map((v) => Math.exp(v - top))));
  return line.map((v) => v - logSum);
}

export const reduction = {
  ReduceSum: reduce(sum),
  ReduceMean: reduce((v) => sum(v) / v.length),
  ReduceMax: reduce((v) => Math.max(...v)),
  ReduceSumSquare: reduce((v) => sum(v.map((x) => x * x))),
  Softmax: (inputs, node) => {
    const x = need(inputs, 0, node);
    const axis = axisOf(node, intOf(node, "axis", -1), x.shape.length);
    return [alongAxis(x, axis, (line) => logSoftmax(line).map(Math.exp))];
  },
  LogSoftmax: (inputs, node) => {
    const x = need(inputs, 0, node);
    return [alongAxis(x, axisOf(node, intOf(node, "axis", -1), x.shape.length), logSoftmax)];
  },
} satisfies Record<string, Kernel>;
