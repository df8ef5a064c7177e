/**
 * The reference interpreter's only kind of data: any dtype held in float64, row-major.
 * Integers are exact to 2^53; booleans are 0 and 1. The dtype is kept so that shapes and casts can be checked.
 */

import { toFloat32 } from "../../tensor/half.ts";
import { type AnyTensor, type DType, sizeOf, tensor } from "../../tensor/tensor.ts";

export interface Value {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function value(dtype: DType, shape: readonly number[], data: Iterable<number>): Value {
  const array = data instanceof Float64Array ? data : Float64Array.from(data);
  if (array.length !== sizeOf(shape)) {
    throw new RangeError(`shape [${shape}] holds ${sizeOf(shape)} elements, the data has ${array.length}`);
  }
  return { dtype, shape, data: array };
}

export const filled = (dtype: DType, shape: readonly number[], fill: number): Value =>
  value(dtype, shape, new Float64Array(sizeOf(shape)).fill(fill));

export function fromTensor(source: AnyTensor): Value {
  const numbers =
    source.dtype === "float16" || source.dtype === "bfloat16" ? toFloat32(source).data : source.data;
  const data = new Float64Array(numbers.length);
  for (let i = 0; i < data.length; i++) data[i] = Number(numbers[i]);
  return { dtype: source.dtype, shape: source.shape, data };
}

/** @throws when the dtype is a half: the interpreter's answers are compared as float32 or float64. */
export function toTensor(source: Value): AnyTensor {
  const { shape, data } = source;
  switch (source.dtype) {
    case "float32":
      return tensor("float32", shape, Float32Array.from(data));
    case "float64":
      return tensor("float64", shape, Float64Array.from(data));
    case "int64":
      return tensor(
        "int64",
        shape,
        BigInt64Array.from(data, (v) => BigInt(v)),
      );
    case "int32":
      return tensor("int32", shape, Int32Array.from(data));
    case "uint8":
      return tensor("uint8", shape, Uint8Array.from(data));
    case "bool":
      return tensor("bool", shape, Uint8Array.from(data));
    default:
      throw new RangeError(`the interpreter does not write ${source.dtype} tensors`);
  }
}

/** Elements that one step along each axis skips. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** Every index of a shape in row-major order. The array handed out is reused: copy it to keep it. */
export function* indices(shape: readonly number[]): Generator<readonly number[]> {
  const total = sizeOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  for (let count = 0; count < total; count++) {
    yield index;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

export function offsetOf(index: readonly number[], strides: readonly number[]): number {
  let offset = 0;
  for (let axis = 0; axis < index.length; axis++) offset += index[axis]! * strides[axis]!;
  return offset;
}

/** NumPy's broadcast of shapes; undefined where two dimensions differ and neither is 1. */
export function broadcastShapes(...shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let i = 0; i < shape.length; i++) {
      const axis = rank - shape.length + i;
      const size = shape[i]!;
      if (size === 1 || size === result[axis]) continue;
      if (result[axis] !== 1) return undefined;
      result[axis] = size;
    }
  }
  return result;
}

/** Strides that read `shape` as though it had been broadcast to `target`: 0 along every stretched axis. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const own = stridesOf(shape);
  return target.map((_, axis) => {
    const i = axis - (target.length - shape.length);
    return i < 0 || shape[i] === 1 ? 0 : own[i]!;
  });
}
