/**
 * Typed arrays by dtype: how many bytes an element takes, and how bytes of a file become one.
 * Every platform that Node runs our dependencies on is little-endian; bytes are little-endian unless said.
 */
import type { AnyTensor, DType, TypedArrays } from "./tensor.ts";

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const satisfies { [D in DType]: unknown };

/** Every dtype, in one list: for error messages and tables. */
export const dtypes = Object.keys(constructors) as readonly DType[];

export function bytesPerElement(dtype: DType): number {
  return constructors[dtype].BYTES_PER_ELEMENT;
}

/** A new array of zeros. */
export function allocate<D extends DType>(dtype: D, length: number): TypedArrays[D] {
  return new constructors[dtype](length) as TypedArrays[D];
}

/** The memory of an array as bytes: a view, not a copy. */
export function bytesOf(data: TypedArrays[DType]): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * Bytes as an array of `dtype`: a view where the bytes happen to be aligned, else a copy.
 * @throws RangeError when the bytes are not a whole number of elements.
 */
export function arrayFromBytes<D extends DType>(dtype: D, bytes: Uint8Array): TypedArrays[D] {
  const width = bytesPerElement(dtype);
  if (bytes.byteLength % width !== 0) {
    throw new RangeError(`${bytes.byteLength} bytes are not a whole number of ${dtype} values`);
  }
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  // A Buffer's slice is a view: copy through a plain Uint8Array when it is still unaligned.
  const source = aligned.byteOffset % width === 0 ? aligned : Uint8Array.from(aligned);
  return new constructors[dtype](
    source.buffer as ArrayBuffer,
    source.byteOffset,
    source.byteLength / width,
  ) as TypedArrays[D];
}

/** Reverses the bytes of every element, in place: big-endian to little-endian and back. */
export function swapBytes(bytes: Uint8Array, width: number): void {
  if (width === 1) return;
  for (let start = 0; start < bytes.length; start += width) {
    bytes.subarray(start, start + width).reverse();
  }
}

/** Pairs a dtype known only at run time with its data; `shape` must fit, as `tensor` checks. */
export function anyTensor(dtype: DType, shape: readonly number[], data: TypedArrays[DType]): AnyTensor {
  return { dtype, shape, data } as AnyTensor;
}
