/**
 * A graph as the bytes of an .onnx file (ModelProto, IR version 8), and as a file.
 * Weights are copied once, into the answer, as little-endian raw data.
 */
import protobuf from "protobufjs/minimal.js";
import { writeFileAtomically } from "../tensor/atomic-file.ts";
import type { AnyTensor } from "../tensor/tensor.ts";
import { bytesOf } from "../tensor/typed-array.ts";
import { OnnxError } from "./errors.ts";
import type { Attribute, Graph, Node, ValueInfo } from "./ir.ts";
import { validateGraph } from "./validate.ts";
import { attributeTypeCode, dataTypeCode, field, IR_VERSION, wire } from "./wire.ts";

const PRODUCER = "transferboard";
const PRODUCER_VERSION = "0.1.0";
/** protobuf's own limit; larger models keep their weights in a second file, which nothing here needs. */
const LARGEST_MODEL = 2 ** 31 - 1;

type Writer = protobuf.Writer;

/**
 * @throws OnnxError when the graph is not well formed (`validateGraph`) or its weights exceed 2 GiB.
 */
export function writeModel(graph: Graph): Uint8Array {
  validateGraph(graph);
  let weights = 0;
  for (const { data } of graph.initializers.values()) weights += data.byteLength;
  if (weights > LARGEST_MODEL) {
    throw new OnnxError(
      `graph '${graph.name}': ${weights} bytes of weights; an .onnx file holds at most 2 GiB`,
    );
  }
  const { model, opset, entry } = field;
  const writer = protobuf.Writer.create();
  int64(writer, model.irVersion, IR_VERSION);
  text(writer, model.producerName, PRODUCER);
  text(writer, model.producerVersion, PRODUCER_VERSION);
  message(writer, model.graph, () => writeGraph(writer, graph));
  const domains = new Set(["", ...graph.nodes.map((node) => node.domain ?? "")]);
  for (const domain of domains) {
    message(writer, model.opsetImport, () => {
      text(writer, opset.domain, domain);
      int64(writer, opset.version, domain === "" ? graph.opset : 1);
    });
  }
  for (const [key, value] of Object.entries(graph.metadata ?? {})) {
    message(writer, model.metadata, () => {
      text(writer, entry.key, key);
      text(writer, entry.value, value);
    });
  }
  return writer.finish();
}

/** Writes the file atomically. */
export function saveModel(graph: Graph, path: string): void {
  writeFileAtomically(path, [writeModel(graph)]);
}

function writeGraph(writer: Writer, graph: Graph): void {
  for (const node of graph.nodes) message(writer, field.graph.node, () => writeNode(writer, node));
  text(writer, field.graph.name, graph.name);
  for (const [name, value] of graph.initializers) {
    message(writer, field.graph.initializer, () => writeTensor(writer, value, name));
  }
  for (const input of graph.inputs) message(writer, field.graph.input, () => writeValueInfo(writer, input));
  for (const output of graph.outputs)
    message(writer, field.graph.output, () => writeValueInfo(writer, output));
}

function writeNode(writer: Writer, node: Node): void {
  for (const input of node.inputs) text(writer, field.node.input, input);
  for (const output of node.outputs) text(writer, field.node.output, output);
  if (node.name) text(writer, field.node.name, node.name);
  text(writer, field.node.opType, node.opType);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message(writer, field.node.attribute, () => writeAttribute(writer, name, attribute));
  }
  if (node.domain) text(writer, field.node.domain, node.domain);
}

function writeAttribute(writer: Writer, name: string, attribute: Attribute): void {
  const number = field.attribute;
  text(writer, number.name, name);
  int64(writer, number.type, attributeTypeCode[attribute.type]);
  switch (attribute.type) {
    case "int":
      int64(writer, number.i, attribute.value);
      break;
    case "float":
      writer.uint32((number.f << 3) | wire.fixed32).float(attribute.value);
      break;
    case "string":
      text(writer, number.s, attribute.value);
      break;
    case "tensor":
      message(writer, number.t, () => writeTensor(writer, attribute.value));
      break;
    case "ints":
      for (const value of attribute.value) int64(writer, number.ints, value);
      break;
    case "floats":
      for (const value of attribute.value) writer.uint32((number.floats << 3) | wire.fixed32).float(value);
      break;
    case "strings":
      for (const value of attribute.value) text(writer, number.strings, value);
      break;
  }
}

function writeTensor(writer: Writer, value: AnyTensor, name?: string): void {
  for (const dimension of value.shape) int64(writer, field.tensor.dims, dimension);
  int64(writer, field.tensor.dataType, dataTypeCode[value.dtype]);
  if (name !== undefined) text(writer, field.tensor.name, name);
  writer.uint32((field.tensor.rawData << 3) | wire.bytes).bytes(bytesOf(value.data));
}

function writeValueInfo(writer: Writer, value: ValueInfo): void {
  text(writer, field.valueInfo.name, value.name);
  message(writer, field.valueInfo.type, () =>
    message(writer, field.type.tensorType, () => {
      int64(writer, field.tensorType.elementType, dataTypeCode[value.dtype]);
      message(writer, field.tensorType.shape, () => {
        for (const dimension of value.shape) {
          message(writer, field.shape.dimension, () => {
            if (typeof dimension === "number") int64(writer, field.dimension.value, dimension);
            else text(writer, field.dimension.parameter, dimension);
          });
        }
      });
    }),
  );
}

function message(writer: Writer, number: number, body: () => void): void {
  writer.uint32((number << 3) | wire.bytes).fork();
  body();
  writer.ldelim();
}

function text(writer: Writer, number: number, value: string): void {
  writer.uint32((number << 3) | wire.bytes).string(value);
}

/** Numbers beyond 2^53, as exporters write "to the end", become the ends of int64's range. */
function int64(writer: Writer, number: number, value: number): void {
  if (Number.isNaN(value) || (Math.abs(value) < 2 ** 53 && !Number.isInteger(value))) {
    throw new OnnxError(`${value} is not an integer`);
  }
  writer.uint32((number << 3) | wire.varint);
  if (Number.isSafeInteger(value)) writer.int64(value);
  else writer.int64(value > 0 ? LARGEST_INT64 : SMALLEST_INT64);
}
const LARGEST_INT64 = { low: -1, high: 0x7fffffff, unsigned: false };
const SMALLEST_INT64 = { low: 0, high: -0x80000000, unsigned: false };
