/** What a shape rule sees and answers. */
import type { Node } from "../../onnx/ir.ts";
import type { DType } from "../../tensor/tensor.ts";
import { fail } from "../errors.ts";

/** What is known of a tensor before any data flows: its dtype and its static shape. */
export interface Info {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export interface ShapeContext {
  readonly node: Node;
  readonly inputs: readonly (Info | undefined)[];
  /** The numbers of a constant input (a shape, axes, starts); undefined where the input is absent. */
  numbers(position: number): readonly number[] | undefined;
}

export type ShapeRule = (context: ShapeContext) => readonly Info[];

export function input({ node, inputs }: ShapeContext, position: number): Info {
  return inputs[position] ?? fail(node, `input ${position} is missing`);
}

/** Checks one dimension against what another tensor says it must be. */
export function expectDimension(
  node: Node,
  tensor: string,
  axis: number,
  expected: number | undefined,
  got: number | undefined,
): void {
  if (expected !== got)
    fail(node, `'${tensor}' dimension ${axis} must be ${expected ?? "absent"}, found ${got ?? "none"}`);
}
