/** Short ways to write a node's attributes: `{ axis: int(1), pads: ints([0, 0, 1, 1]) }`. */
import type { AnyTensor } from "../tensor/tensor.ts";
import type { Attribute } from "./ir.ts";

export const int = (value: number | boolean): Attribute => ({ type: "int", value: Number(value) });
export const float = (value: number): Attribute => ({ type: "float", value });
export const string = (value: string): Attribute => ({ type: "string", value });
export const tensorAttribute = (value: AnyTensor): Attribute => ({ type: "tensor", value });
export const ints = (value: readonly number[]): Attribute => ({ type: "ints", value });
export const floats = (value: readonly number[]): Attribute => ({ type: "floats", value });
export const strings = (value: readonly string[]): Attribute => ({ type: "strings", value });
