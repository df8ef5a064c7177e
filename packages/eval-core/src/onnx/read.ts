/**
 * The bytes of an .onnx file as a graph. Weights are views of the bytes where these happen to be aligned, copies
 * where not. What `ir.ts` cannot express (subgraphs, functions, sparse or external tensors, sequences) is refused
 * by name rather than dropped.
 */
import { readFileSync } from "node:fs";
import protobuf from "protobufjs/minimal.js";
import { type AnyTensor, type DType, sizeOf } from "../tensor/tensor.ts";
import { allocate, anyTensor, arrayFromBytes, bytesPerElement } from "../tensor/typed-array.ts";
import { OnnxError } from "./errors.ts";
import type { Attribute, Dimension, Graph, Node, ValueInfo } from "./ir.ts";
import { validateGraph } from "./validate.ts";
import { attributeTypeCode, dtypeOfCode, field, unsupportedAttributeType, wire } from "./wire.ts";

type Reader = protobuf.Reader;

/** Values listed one by one take many times their bytes in memory. */
const MOST_LISTED = 2 ** 27;

/**
 * @throws OnnxError when the bytes are not a model, or one that uses what is not supported.
 */
export function readModel(bytes: Uint8Array): Graph {
  const graph = guarded(() => readModelMessage(bytes));
  validateGraph(graph);
  return graph;
}

/** Reads a file; errors name it. */
export function loadModel(path: string): Graph {
  try {
    return readModel(readFileSync(path));
  } catch (error) {
    throw error instanceof OnnxError ? new OnnxError(`${path}: ${error.message}`) : error;
  }
}

/** protobufjs and our typed arrays answer damaged bytes with errors of many kinds; all mean the same here. */
function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof OnnxError) throw error;
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new OnnxError(`not a readable ONNX model: ${reason}`);
  }
}

/** Walks the fields of one message; a field that `visit` does not take is skipped. */
function fields(
  bytes: Uint8Array,
  visit: (number: number, reader: Reader, wireType: number) => boolean | undefined,
): void {
  const reader = protobuf.Reader.create(asBuffer(bytes));
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const start = reader.pos;
    if (visit(tag >>> 3, reader, tag & 7) !== true) {
      reader.pos = start;
      reader.skipType(tag & 7);
    }
  }
}

/** On a Buffer, protobufjs hands out views instead of copies. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function integer(reader: Reader): number {
  return Number(reader.int64());
}

function readModelMessage(bytes: Uint8Array): Graph {
  let graphBytes: Uint8Array | undefined;
  let opset: number | undefined;
  const metadata: [string, string][] = [];
  fields(bytes, (number, reader) => {
    switch (number) {
      case field.model.graph:
        if (graphBytes !== undefined) throw new OnnxError("the model holds two graphs: one is expected");
        graphBytes = reader.bytes();
        return true;
      case field.model.opsetImport: {
        let domain = "";
        let version = 0;
        fields(reader.bytes(), (inner, entry) => {
          if (inner === field.opset.domain) domain = entry.string();
          else if (inner === field.opset.version) version = integer(entry);
          else return false;
          return true;
        });
        if (domain === "" || domain === "ai.onnx") opset = version;
        return true;
      }
      case field.model.metadata: {
        let key = "";
        let value = "";
        fields(reader.bytes(), (inner, entry) => {
          if (inner === field.entry.key) key = entry.string();
          else if (inner === field.entry.value) value = entry.string();
          else return false;
          return true;
        });
        metadata.push([key, value]);
        return true;
      }
      case field.model.functions:
        throw new OnnxError("the model defines functions of its own: inline them before it is read");
      default:
        return false;
    }
  });
  if (graphBytes === undefined) throw new OnnxError("not an ONNX model: it holds no graph");
  if (opset === undefined) throw new OnnxError("not an ONNX model: it imports no operator set");
  return readGraph(graphBytes, opset, metadata);
}

function readGraph(bytes: Uint8Array, opset: number, metadata: readonly [string, string][]): Graph {
  let name = "";
  const nodes: Node[] = [];
  const initializers = new Map<string, AnyTensor>();
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const inputBytes: Uint8Array[] = [];
  fields(bytes, (number, reader) => {
    switch (number) {
      case field.graph.name:
        name = reader.string();
        return true;
      case field.graph.node:
        nodes.push(readNode(reader.bytes()));
        return true;
      case field.graph.initializer: {
        const { name: weight, value } = readTensor(reader.bytes());
        if (initializers.has(weight)) throw new OnnxError(`initializer '${weight}' is there twice`);
        initializers.set(weight, value);
        return true;
      }
      case field.graph.input:
        inputBytes.push(reader.bytes());
        return true;
      case field.graph.output:
        outputs.push(readValueInfo(reader.bytes()));
        return true;
      case field.graph.sparseInitializer:
        throw new OnnxError("the model has sparse initializers: only dense ones are supported");
      default:
        return false;
    }
  });
  for (const value of inputBytes.map(readValueInfo)) {
    // Before IR version 4 every initializer was listed as an input too.
    if (!initializers.has(value.name)) inputs.push(value);
  }
  const graph = { name, opset, inputs, outputs, initializers, nodes };
  return metadata.length > 0 ? { ...graph, metadata: Object.fromEntries(metadata) } : graph;
}

function readNode(bytes: Uint8Array): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: [string, Attribute][] = [];
  let name = "";
  let opType = "";
  let domain = "";
  const attributeBytes: Uint8Array[] = [];
  fields(bytes, (number, reader) => {
    if (number === field.node.input) inputs.push(reader.string());
    else if (number === field.node.output) outputs.push(reader.string());
    else if (number === field.node.name) name = reader.string();
    else if (number === field.node.opType) opType = reader.string();
    else if (number === field.node.domain) domain = reader.string();
    else if (number === field.node.attribute) attributeBytes.push(reader.bytes());
    else return false;
    return true;
  });
  if (domain === "ai.onnx") domain = "";
  for (const attribute of attributeBytes) attributes.push(readAttribute(attribute, opType));
  return {
    opType,
    ...(domain === "" ? {} : { domain }),
    ...(name === "" ? {} : { name }),
    inputs,
    outputs,
    attributes: Object.fromEntries(attributes),
  };
}

function readAttribute(bytes: Uint8Array, opType: string): [string, Attribute] {
  const number = field.attribute;
  let name = "";
  let type = 0;
  let f = 0;
  let i = 0;
  let s = "";
  let t: AnyTensor | undefined;
  let reference = "";
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  fields(bytes, (which, reader, wireType) => {
    if (which === number.name) name = reader.string();
    else if (which === number.type) type = reader.int32();
    else if (which === number.f) f = reader.float();
    else if (which === number.i) i = integer(reader);
    else if (which === number.s) s = reader.string();
    else if (which === number.t) t = readTensor(reader.bytes()).value;
    else if (which === number.reference) reference = reader.string();
    else if (which === number.floats) repeated(reader, wireType, (one) => floats.push(one.float()));
    else if (which === number.ints) repeated(reader, wireType, (one) => ints.push(integer(one)));
    else if (which === number.strings) strings.push(reader.string());
    else return false;
    return true;
  });
  const where = `attribute '${name}' of a ${opType} node`;
  if (reference !== "") throw new OnnxError(`${where} refers to a function's attribute: inline it first`);
  switch (type) {
    case attributeTypeCode.float:
      return [name, { type: "float", value: f }];
    case attributeTypeCode.int:
      return [name, { type: "int", value: i }];
    case attributeTypeCode.string:
      return [name, { type: "string", value: s }];
    case attributeTypeCode.tensor:
      if (t === undefined) throw new OnnxError(`${where} should hold a tensor and holds none`);
      return [name, { type: "tensor", value: t }];
    case attributeTypeCode.floats:
      return [name, { type: "floats", value: floats }];
    case attributeTypeCode.ints:
      return [name, { type: "ints", value: ints }];
    case attributeTypeCode.strings:
      return [name, { type: "strings", value: strings }];
    default:
      throw new OnnxError(
        `${where} is ${unsupportedAttributeType[type] ?? `of type ${type}`}: not supported`,
      );
  }
}

/** A repeated number: packed into one block of bytes, or one by one. */
function repeated(reader: Reader, wireType: number, read: (one: Reader) => void): void {
  if (wireType !== wire.bytes) {
    read(reader);
    return;
  }
  const packed = protobuf.Reader.create(asBuffer(reader.bytes()));
  while (packed.pos < packed.len) read(packed);
}

function readTensor(bytes: Uint8Array): { name: string; value: AnyTensor } {
  const number = field.tensor;
  let name = "";
  let code = 0;
  let raw: Uint8Array | undefined;
  let external = false;
  const shape: number[] = [];
  const listed: (number | bigint)[] = [];
  const list = (value: number | bigint) => {
    if (listed.length >= MOST_LISTED) {
      throw new OnnxError(`tensor '${name}' lists over ${MOST_LISTED} values: store them as raw data`);
    }
    listed.push(value);
  };
  fields(bytes, (which, reader, wireType) => {
    if (which === number.name) name = reader.string();
    else if (which === number.dims) repeated(reader, wireType, (one) => shape.push(integer(one)));
    else if (which === number.dataType) code = reader.int32();
    else if (which === number.rawData) raw = reader.bytes();
    else if (which === number.externalData) external = reader.bytes().length > 0;
    else if (which === number.dataLocation) external ||= reader.int32() === 1;
    else if (which === number.floatData) repeated(reader, wireType, (one) => list(one.float()));
    else if (which === number.doubleData) repeated(reader, wireType, (one) => list(one.double()));
    else if (which === number.int32Data) repeated(reader, wireType, (one) => list(one.int32()));
    else if (which === number.int64Data) repeated(reader, wireType, (one) => list(exact(one.int64())));
    else if (which === number.uint64Data) repeated(reader, wireType, (one) => list(exact(one.uint64())));
    else return false;
    return true;
  });
  const where = `tensor '${name}'`;
  if (external) {
    throw new OnnxError(`${where} keeps its data in another file: save the model with its weights inside`);
  }
  const dtype = dtypeOfCode.get(code);
  if (dtype === undefined) throw new OnnxError(`${where} has data type ${code}, which is not supported`);
  const size = sizeOf(shape);
  if (!shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0)) {
    throw new OnnxError(`${where} has the impossible shape [${shape}]`);
  }
  if (raw !== undefined && raw.length > 0) {
    if (raw.length !== size * bytesPerElement(dtype)) {
      throw new OnnxError(
        `${where}: shape [${shape}] of ${dtype} needs ${size * bytesPerElement(dtype)} bytes, it has ${raw.length}`,
      );
    }
    return { name, value: anyTensor(dtype, shape, arrayFromBytes(dtype, raw)) };
  }
  if (listed.length !== size) {
    throw new OnnxError(`${where}: shape [${shape}] needs ${size} values, it has ${listed.length}`);
  }
  return { name, value: anyTensor(dtype, shape, fromList(dtype, listed)) };
}

/** A 64-bit integer without rounding; protobufjs answers a number only where no Long library is installed. */
function exact(value: protobuf.Long | number): bigint {
  return BigInt(value.toString());
}

function fromList(dtype: DType, listed: readonly (number | bigint)[]): AnyTensor["data"] {
  const data = allocate(dtype, listed.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (let i = 0; i < listed.length; i++) data[i] = BigInt(listed[i]!);
  } else {
    for (let i = 0; i < listed.length; i++) data[i] = Number(listed[i]!);
  }
  return data;
}

function readValueInfo(bytes: Uint8Array): ValueInfo {
  let name = "";
  let typeBytes: Uint8Array | undefined;
  fields(bytes, (number, reader) => {
    if (number === field.valueInfo.name) name = reader.string();
    else if (number === field.valueInfo.type) typeBytes = reader.bytes();
    else return false;
    return true;
  });
  let tensorBytes: Uint8Array | undefined;
  fields(typeBytes ?? new Uint8Array(0), (number, reader) => {
    if (number !== field.type.tensorType) return false;
    tensorBytes = reader.bytes();
    return true;
  });
  if (tensorBytes === undefined) throw new OnnxError(`'${name}' is not a tensor: only tensors are supported`);
  let code = 0;
  let shapeBytes: Uint8Array | undefined;
  fields(tensorBytes, (number, reader) => {
    if (number === field.tensorType.elementType) code = reader.int32();
    else if (number === field.tensorType.shape) shapeBytes = reader.bytes();
    else return false;
    return true;
  });
  const dtype = dtypeOfCode.get(code);
  if (dtype === undefined) throw new OnnxError(`'${name}' has data type ${code}, which is not supported`);
  if (shapeBytes === undefined)
    throw new OnnxError(`'${name}' declares no shape: export the model with shapes`);
  const shape: Dimension[] = [];
  fields(shapeBytes, (number, reader) => {
    if (number !== field.shape.dimension) return false;
    shape.push(readDimension(reader.bytes(), `${name}_${shape.length}`));
    return true;
  });
  return { name, dtype, shape };
}

/** A dimension that is not given at all gets a symbol of its own. */
function readDimension(bytes: Uint8Array, symbol: string): Dimension {
  let dimension: Dimension = symbol;
  fields(bytes, (number, reader) => {
    if (number === field.dimension.value) dimension = integer(reader);
    else if (number === field.dimension.parameter) dimension = reader.string() || symbol;
    else return false;
    return true;
  });
  return dimension;
}
