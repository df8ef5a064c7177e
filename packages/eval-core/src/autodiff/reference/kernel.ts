/** What every operator of the reference interpreter is: inputs (undefined where optional and absent) to outputs. */
import type { Node } from "../../onnx/ir.ts";
import { fail } from "../errors.ts";
import type { Value } from "./value.ts";

export type Kernel = (inputs: readonly (Value | undefined)[], node: Node) => readonly Value[];

export function need(inputs: readonly (Value | undefined)[], position: number, node: Node): Value {
  return inputs[position] ?? fail(node, `input ${position} is missing`);
}

/** A small integer tensor as numbers: axes, shapes, starts. */
export const numbers = (v: Value | undefined): number[] | undefined => (v ? [...v.data] : undefined);
