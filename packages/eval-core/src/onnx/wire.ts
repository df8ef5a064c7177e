/**
 * Where the parts of a model lie in ONNX's protobuf messages: field numbers and enumerations of onnx.proto3,
 * IR version 8. Only the messages that `ir.ts` can express; the rest is refused by name on reading.
 */

import type { DType } from "../tensor/tensor.ts";
import type { Attribute } from "./ir.ts";

export const IR_VERSION = 8;

export const field = {
  model: {
    irVersion: 1,
    producerName: 2,
    producerVersion: 3,
    graph: 7,
    opsetImport: 8,
    metadata: 14,
    functions: 25,
  },
  opset: { domain: 1, version: 2 },
  entry: { key: 1, value: 2 },
  graph: { node: 1, name: 2, initializer: 5, input: 11, output: 12, sparseInitializer: 15 },
  node: { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 },
  attribute: { name: 1, f: 2, i: 3, s: 4, t: 5, floats: 7, ints: 8, strings: 9, type: 20, reference: 21 },
  tensor: {
    dims: 1,
    dataType: 2,
    floatData: 4,
    int32Data: 5,
    int64Data: 7,
    name: 8,
    rawData: 9,
    doubleData: 10,
    uint64Data: 11,
    externalData: 13,
    dataLocation: 14,
  },
  valueInfo: { name: 1, type: 2 },
  type: { tensorType: 1, sequenceType: 4 },
  sequenceType: { elementType: 1 },
  tensorType: { elementType: 1, shape: 2 },
  shape: { dimension: 1 },
  dimension: { value: 1, parameter: 2 },
} as const;

export const dataTypeCode: { readonly [D in DType]: number } = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};
export const dtypeOfCode: ReadonlyMap<number, DType> = new Map(
  Object.entries(dataTypeCode).map(([dtype, code]) => [code, dtype as DType]),
);

export const attributeTypeCode: { readonly [T in Attribute["type"]]: number } = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  floats: 6,
  ints: 7,
  strings: 8,
};
/** The kinds of attribute that this IR does not carry, for the error that names them. */
export const unsupportedAttributeType: { readonly [code: number]: string } = {
  5: "a subgraph",
  9: "a list of tensors",
  10: "a list of subgraphs",
  11: "a sparse tensor",
  12: "a list of sparse tensors",
  13: "a type",
  14: "a list of types",
};

/** protobuf's wire types. */
export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
