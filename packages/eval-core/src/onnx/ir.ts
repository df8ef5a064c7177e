/**
 * The graph as the rest of eval-core sees it: ONNX's ModelProto without protobuf's accidents.
 * Reading and writing files is `read.ts` and `write.ts`; building is `builder.ts`; nothing here runs a graph.
 */
import type { AnyTensor, DType } from "../tensor/tensor.ts";

/** The operator set that every graph we emit declares. */
export const OPSET = 18;

export type Dimension = number | string;

export interface ValueInfo {
  readonly name: string;
  readonly dtype: DType;
  /** A string is a symbolic dimension such as "N". */
  readonly shape: readonly Dimension[];
}

export type Attribute =
  | { readonly type: "int"; readonly value: number }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "tensor"; readonly value: AnyTensor }
  | { readonly type: "ints"; readonly value: readonly number[] }
  | { readonly type: "floats"; readonly value: readonly number[] }
  | { readonly type: "strings"; readonly value: readonly string[] };

export interface Node {
  readonly opType: string;
  /** "" is the standard operator set. */
  readonly domain?: string;
  readonly name?: string;
  /** "" stands for an optional input that is absent. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Graph {
  readonly name: string;
  readonly opset: number;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: ReadonlyMap<string, AnyTensor>;
  /** Topologically sorted, as ONNX demands. */
  readonly nodes: readonly Node[];
  /** ModelProto.metadata_props. */
  readonly metadata?: Readonly<Record<string, string>>;
}
