/**
 * A node's attributes, read with their kinds checked and ONNX's defaults given by the caller.
 */
import type { Node } from "../onnx/ir.ts";
import type { AnyTensor } from "../tensor/tensor.ts";
import { fail } from "./errors.ts";

interface Kinds {
  int: number;
  float: number;
  string: string;
  tensor: AnyTensor;
  ints: readonly number[];
  floats: readonly number[];
}

function read<K extends keyof Kinds>(node: Node, name: string, kind: K): Kinds[K] | undefined {
  const attribute = node.attributes[name];
  if (attribute === undefined) return undefined;
  if (attribute.type !== kind)
    fail(node, `attribute '${name}' must be of kind ${kind}, found ${attribute.type}`);
  return attribute.value as Kinds[K];
}

export const intOf = (node: Node, name: string, otherwise: number): number =>
  read(node, name, "int") ?? otherwise;
export const floatOf = (node: Node, name: string, otherwise: number): number =>
  read(node, name, "float") ?? otherwise;
export const stringOf = (node: Node, name: string, otherwise: string): string =>
  read(node, name, "string") ?? otherwise;
export const intsOf = (node: Node, name: string): readonly number[] | undefined => read(node, name, "ints");
export const floatsOf = (node: Node, name: string): readonly number[] | undefined =>
  read(node, name, "floats");
export const tensorOf = (node: Node, name: string): AnyTensor | undefined => read(node, name, "tensor");
export const has = (node: Node, name: string): boolean => node.attributes[name] !== undefined;

/** An axis in 0..rank-1; negative ones count from the end. `rank` may be one past the last for Unsqueeze and Flatten. */
export function axisOf(node: Node, axis: number, rank: number, inclusive = false): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(positive) || positive < 0 || positive > (inclusive ? rank : rank - 1)) {
    fail(node, `axis ${axis} is outside a tensor of ${rank} dimensions`);
  }
  return positive;
}

/** Constructors, so that emitted nodes read as `{ axis: int(1) }`. */
export { float, int, ints, string, tensorAttribute } from "../onnx/attributes.ts";
