/**
 * What the numbers given to the shape operators mean (negative axes, clamped ends, -1 in a shape): resolved once
 * for the shape inference, the reference interpreter and the gradient rules.
 */
import type { Node } from "../onnx/ir.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { axisOf, intOf, intsOf } from "./attributes.ts";
import { fail } from "./errors.ts";

export interface SliceRange {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  /** How many elements it takes. */
  readonly count: number;
}

/** Slice's ranges, clamped as ONNX clamps them. The four lists are its inputs (attributes before opset 10). */
export function sliceRanges(
  node: Node,
  shape: readonly number[],
  given: readonly (readonly number[] | undefined)[],
): SliceRange[] {
  const starts = given[0] ?? intsOf(node, "starts") ?? fail(node, "'starts' is missing");
  const ends = given[1] ?? intsOf(node, "ends") ?? fail(node, "'ends' is missing");
  const axes = given[2] ?? intsOf(node, "axes") ?? starts.map((_, i) => i);
  const steps = given[3] ?? starts.map(() => 1);
  return starts.map((rawStart, i) => {
    const axis = axisOf(node, axes[i]!, shape.length);
    const size = shape[axis]!;
    const step = steps[i]!;
    if (step === 0) fail(node, `the step along axis ${axis} is 0`);
    const clamp = (v: number, low: number, high: number) =>
      Math.min(Math.max(v < 0 ? v + size : v, low), high);
    const start = step > 0 ? clamp(rawStart, 0, size) : clamp(rawStart, 0, size - 1);
    const end = step > 0 ? clamp(ends[i]!, 0, size) : clamp(ends[i]!, -1, size - 1);
    return { axis, start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
  });
}

/** The sizes Split cuts an axis into; equal parts, the last one smaller, unless given. */
export function splitSizes(node: Node, size: number, given: readonly number[] | undefined): number[] {
  const listed = given ?? intsOf(node, "split");
  if (listed) {
    if (listed.length !== node.outputs.length || listed.reduce((a, b) => a + b, 0) !== size) {
      fail(
        node,
        `the parts [${listed}] do not make ${node.outputs.length} outputs of ${size} elements in all`,
      );
    }
    return [...listed];
  }
  const part = Math.ceil(size / intOf(node, "num_outputs", node.outputs.length));
  return node.outputs.map((_, i) => Math.max(0, Math.min(part, size - i * part)));
}

/** Pad's begins and ends for every axis of the input. */
export function padAmounts(
  node: Node,
  rank: number,
  pads: readonly number[] | undefined,
  axes: readonly number[] | undefined,
): { begin: number[]; end: number[] } {
  const amounts = pads ?? intsOf(node, "pads") ?? fail(node, "'pads' is missing");
  const which = (axes ?? Array.from({ length: rank }, (_, i) => i)).map((axis) => axisOf(node, axis, rank));
  if (amounts.length !== 2 * which.length)
    fail(node, `'pads' must hold ${2 * which.length} integers, found ${amounts.length}`);
  const begin = new Array<number>(rank).fill(0);
  const end = new Array<number>(rank).fill(0);
  for (const [i, axis] of which.entries()) {
    begin[axis] = amounts[i]!;
    end[axis] = amounts[i + which.length]!;
  }
  return { begin, end };
}

/** Reshape's target with 0 (copy, unless allowzero) and -1 (the rest) filled in. */
export function reshapeTarget(node: Node, shape: readonly number[], asked: readonly number[]): number[] {
  const copied = asked.map((v, i) => (v === 0 && !intOf(node, "allowzero", 0) ? (shape[i] ?? 0) : v));
  const known = sizeOf(copied.filter((v) => v !== -1));
  const total = sizeOf(shape);
  const target = copied.map((v) => (v === -1 ? total / known : v));
  if (sizeOf(target) !== total || target.some((v) => !Number.isInteger(v) || v < 0)) {
    fail(node, `[${shape}] (${total} elements) cannot be reshaped to [${asked}]`);
  }
  return target;
}

export function flattenTarget(node: Node, shape: readonly number[]): number[] {
  const axis = axisOf(node, intOf(node, "axis", 1), shape.length, true);
  return [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))];
}

export function squeezeTarget(
  node: Node,
  shape: readonly number[],
  given: readonly number[] | undefined,
): number[] {
  const listed = given ?? intsOf(node, "axes");
  const axes = listed?.map((axis) => axisOf(node, axis, shape.length));
  for (const axis of axes ?? []) {
    if (shape[axis] !== 1)
      fail(node, `axis ${axis} of [${shape}] must be 1 to be squeezed, found ${shape[axis]}`);
  }
  return shape.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1));
}

export function unsqueezeTarget(
  node: Node,
  shape: readonly number[],
  given: readonly number[] | undefined,
): number[] {
  const listed = given ?? intsOf(node, "axes") ?? fail(node, "'axes' is missing");
  const rank = shape.length + listed.length;
  const axes = listed.map((axis) => axisOf(node, axis, rank));
  if (new Set(axes).size !== axes.length) fail(node, `the axes [${listed}] repeat`);
  let next = 0;
  return Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : shape[next++]!));
}

export function permutationOf(node: Node, rank: number): number[] {
  const perm = intsOf(node, "perm") ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if ([...perm].sort((a, b) => a - b).some((axis, i) => axis !== i) || perm.length !== rank) {
    fail(node, `'perm' [${perm}] is no permutation of ${rank} axes`);
  }
  return [...perm];
}
