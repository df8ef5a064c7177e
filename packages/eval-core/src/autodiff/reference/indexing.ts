/** Reading and writing at indices that are data. */
import type { Node } from "../../onnx/ir.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { axisOf, intOf, stringOf } from "../attributes.ts";
import { fail } from "../errors.ts";
import { type Kernel, need } from "./kernel.ts";
import { indices, offsetOf, stridesOf, value } from "./value.ts";

/** An index that may be negative, checked. */
function inside(node: Node, index: number, size: number): number {
  const positive = index < 0 ? index + size : index;
  if (positive < 0 || positive >= size) fail(node, `index ${index} is outside an axis of ${size} elements`);
  return positive;
}

function combine(node: Node, old: number, update: number): number {
  const how = stringOf(node, "reduction", "none");
  if (how === "none") return update;
  if (how === "add") return old + update;
  if (how === "mul") return old * update;
  if (how === "max") return Math.max(old, update);
  if (how === "min") return Math.min(old, update);
  return fail(node, `reduction '${how}' is none of none, add, mul, max, min`);
}

export const indexing = {
  Gather: (inputs, node) => {
    const [x, at] = [need(inputs, 0, node), need(inputs, 1, node)];
    const axis = axisOf(node, intOf(node, "axis", 0), x.shape.length);
    const inner = stridesOf(x.shape)[axis]!;
    const size = x.shape[axis]!;
    const data: number[] = [];
    for (let outer = 0; outer < sizeOf(x.shape.slice(0, axis)); outer++) {
      for (const raw of at.data) {
        const start = (outer * size + inside(node, raw, size)) * inner;
        data.push(...x.data.subarray(start, start + inner));
      }
    }
    return [value(x.dtype, [...x.shape.slice(0, axis), ...at.shape, ...x.shape.slice(axis + 1)], data)];
  },
  GatherElements: (inputs, node) => {
    const [x, at] = [need(inputs, 0, node), need(inputs, 1, node)];
    const axis = axisOf(node, intOf(node, "axis", 0), x.shape.length);
    const strides = stridesOf(x.shape);
    const data: number[] = [];
    let i = 0;
    for (const index of indices(at.shape)) {
      data.push(x.data[offsetOf(index.with(axis, inside(node, at.data[i++]!, x.shape[axis]!)), strides)]!);
    }
    return [value(x.dtype, at.shape, data)];
  },
  ScatterElements: (inputs, node) => {
    const [x, at, updates] = [need(inputs, 0, node), need(inputs, 1, node), need(inputs, 2, node)];
    const axis = axisOf(node, intOf(node, "axis", 0), x.shape.length);
    const strides = stridesOf(x.shape);
    const data = x.data.slice();
    let i = 0;
    for (const index of indices(at.shape)) {
      const offset = offsetOf(index.with(axis, inside(node, at.data[i]!, x.shape[axis]!)), strides);
      data[offset] = combine(node, data[offset]!, updates.data[i++]!);
    }
    return [value(x.dtype, x.shape, data)];
  },
  GatherND: (inputs, node) => {
    if (intOf(node, "batch_dims", 0)) fail(node, "batch_dims other than 0 is not supported");
    const [x, at] = [need(inputs, 0, node), need(inputs, 1, node)];
    const depth = at.shape.at(-1)!;
    const strides = stridesOf(x.shape);
    const inner = sizeOf(x.shape.slice(depth));
    const data: number[] = [];
    for (let i = 0; i < at.data.length; i += depth) {
      let start = 0;
      for (let d = 0; d < depth; d++) start += inside(node, at.data[i + d]!, x.shape[d]!) * strides[d]!;
      data.push(...x.data.subarray(start, start + inner));
    }
    return [value(x.dtype, [...at.shape.slice(0, -1), ...x.shape.slice(depth)], data)];
  },
  ScatterND: (inputs, node) => {
    const [x, at, updates] = [need(inputs, 0, node), need(inputs, 1, node), need(inputs, 2, node)];
    const depth = at.shape.at(-1)!;
    const strides = stridesOf(x.shape);
    const inner = sizeOf(x.shape.slice(depth));
    const data = x.data.slice();
    for (let i = 0; i * depth < at.data.length; i++) {
      let start = 0;
      for (let d = 0; d < depth; d++)
        start += inside(node, at.data[i * depth + d]!, x.shape[d]!) * strides[d]!;
      for (let j = 0; j < inner; j++)
        data[start + j] = combine(node, data[start + j]!, updates.data[i * inner + j]!);
    }
    return [value(x.dtype, x.shape, data)];
  },
  ArgMax: (inputs, node) => {
    const x = need(inputs, 0, node);
    const axis = axisOf(node, intOf(node, "axis", 0), x.shape.length);
    const strides = stridesOf(x.shape);
    const kept = x.shape.with(axis, 1);
    const last = intOf(node, "select_last_index", 0) === 1;
    const data: number[] = [];
    for (const index of indices(kept)) {
      const start = offsetOf(index, strides);
      let best = 0;
      for (let i = 1; i < x.shape[axis]!; i++) {
        const [here, top] = [x.data[start + i * strides[axis]!]!, x.data[start + best * strides[axis]!]!];
        if (here > top || (last && here === top)) best = i;
      }
      data.push(best);
    }
    return [value("int64", intOf(node, "keepdims", 1) ? kept : kept.toSpliced(axis, 1), data)];
  },
} satisfies Record<string, Kernel>;
