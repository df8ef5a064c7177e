/**
 * The model file of a graph that answers its input, by hand: to try a device, and to move a tensor to it or
 * back. Field numbers are those of onnx.proto.
 */
import type { DType } from "../tensor/index.ts";

/** TensorProto.DataType. */
const CODES: Readonly<Partial<Record<DType, number>>> = {
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
};
const IR_VERSION = 8;
const OPSET = 18;

const number = (field: number, value: number) => [field << 3, value];
/** Everything here is shorter than 128 bytes, or the second byte of the length says how much longer. */
function bytes(field: number, content: number[]): number[] {
  const length =
    content.length < 128 ? [content.length] : [(content.length & 127) | 128, content.length >> 7];
  return [(field << 3) | 2, ...length, ...content];
}
const text = (field: number, value: string) => bytes(field, [...Buffer.from(value)]);

export function identityModel(dtype: DType, rank: number): Uint8Array {
  const code = CODES[dtype];
  if (code === undefined) throw new Error(`no graph moves ${dtype}`);
  const dimensions = Array.from({ length: rank }, (_, axis) => bytes(1, text(2, `d${axis}`))).flat();
  const type = bytes(1, [...number(1, code), ...bytes(2, dimensions)]);
  const node = [...text(1, "x"), ...text(2, "y"), ...text(3, "identity"), ...text(4, "Identity")];
  const graph = [
    ...bytes(1, node),
    ...text(2, "identity"),
    ...bytes(11, [...text(1, "x"), ...bytes(2, type)]),
    ...bytes(12, [...text(1, "y"), ...bytes(2, type)]),
  ];
  return Uint8Array.from([...number(1, IR_VERSION), ...bytes(7, graph), ...bytes(8, number(2, OPSET))]);
}
