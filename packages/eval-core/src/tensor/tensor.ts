/**
 * A dense array with a shape: what every other room passes around.
 *
 * Conventions, stated once: row-major (C) order; images are NCHW; `shape` holds non-negative integers whose
 * product is `data.length`; a scalar has shape []. Half precision is kept as raw 16-bit patterns
 * (`half.ts` converts); booleans are bytes 0 and 1.
 */

export interface TypedArrays {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
}

export type DType = keyof TypedArrays;

export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: TypedArrays[D];
}

/** A tensor of any one dtype, so that `switch (t.dtype)` narrows `t.data`. */
export type AnyTensor = { [D in DType]: Tensor<D> }[DType];

/** float64 as float32, what networks compute in; every other dtype as it is. */
export function narrowed(array: AnyTensor): AnyTensor {
  if (array.dtype !== "float64") return array;
  return { dtype: "float32", shape: array.shape, data: Float32Array.from(array.data) };
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}

/**
 * Pairs data with its shape.
 * @throws RangeError when the shape does not hold exactly `data.length` elements.
 */
export function tensor<D extends DType>(dtype: D, shape: readonly number[], data: TypedArrays[D]): Tensor<D> {
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(`shape [${shape}] holds ${sizeOf(shape)} elements, the data has ${data.length}`);
  }
  return { dtype, shape, data };
}
