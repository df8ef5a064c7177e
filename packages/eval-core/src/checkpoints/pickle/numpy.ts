/**
 * NumPy's arrays inside a pickle: dtype, shape and bytes, which nothing has to run to read. `_reconstruct` makes an empty
 * array whose state follows (version, shape, dtype, is_fortran, bytes); protocol 5 has `_frombuffer(bytes, dtype, shape,
 * order)`. Source: numpy/_core/src/multiarray/methods.c (array_setstate), numpy/_core/numeric.py.
 */
import { type AnyTensor, type DType, sizeOf } from "../../tensor/tensor.ts";
import { allocate, anyTensor, arrayFromBytes, bytesPerElement, swapBytes } from "../../tensor/typed-array.ts";
import { CheckpointError, quoted } from "../errors.ts";
import { StoredTensor } from "../stored.ts";
import { PickleGlobal, PickleObject } from "./values.ts";

const RECONSTRUCT = /^numpy\.(core|_core)\.multiarray\._reconstruct$/;
const FROM_BUFFER = /^numpy\.(core|_core)\.numeric\._frombuffer$/;

const dtypes: { readonly [code: string]: DType } = {
  f8: "float64",
  f4: "float32",
  f2: "float16",
  i8: "int64",
  i4: "int32",
  i2: "int16",
  i1: "int8",
  u8: "uint64",
  u4: "uint32",
  u2: "uint16",
  u1: "uint8",
  b1: "bool",
};

interface ArrayParts {
  readonly dtype: DType;
  readonly bigEndian: boolean;
  readonly shape: readonly number[];
  readonly fortran: boolean;
  readonly bytes: Uint8Array;
}

/**
 * The tensor that a pickled array of numbers is; undefined for what is no array, or one of other things than numbers.
 * @throws CheckpointError where an array of numbers contradicts itself.
 */
export function numpyTensor(value: unknown): StoredTensor | undefined {
  const parts = partsOf(value);
  if (parts === undefined) return undefined;
  const { dtype, shape, bytes } = parts;
  const needed = sizeOf(shape) * bytesPerElement(dtype);
  if (bytes.length !== needed) {
    throw new CheckpointError(
      `its pickle is damaged: an array of shape [${shape}] of ${dtype} needs ${needed} bytes, not ${bytes.length}`,
    );
  }
  return new StoredTensor(dtype, shape, () => load(parts));
}

function partsOf(value: unknown): ArrayParts | undefined {
  if (!(value instanceof PickleObject) || !Array.isArray(value.arguments)) return undefined;
  if (RECONSTRUCT.test(value.className)) {
    const [subtype] = value.arguments as unknown[];
    if (!(subtype instanceof PickleGlobal) || subtype.qualifiedName !== "numpy.ndarray") return undefined;
    if (!Array.isArray(value.state) || value.state.length !== 5) return undefined;
    const [, shape, dtype, fortran, bytes] = value.state as unknown[];
    return make(dtype, shape, fortran === true, bytes);
  }
  if (FROM_BUFFER.test(value.className)) {
    const [buffer, dtype, shape, order] = value.arguments as unknown[];
    return make(dtype, shape, order === "F", buffer);
  }
  return undefined;
}

function make(dtype: unknown, shape: unknown, fortran: boolean, raw: unknown): ArrayParts | undefined {
  const type = dtypeOf(dtype);
  const bytes = bytesFrom(raw);
  const isShape =
    Array.isArray(shape) && shape.length <= 64 && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (type === undefined || bytes === undefined || !isShape || !Number.isSafeInteger(sizeOf(shape) * 8))
    return undefined;
  return { ...type, shape: shape as number[], fortran, bytes };
}

/** numpy.dtype('f4', False, True), and its state (3, '<', ...) with the byte order. */
function dtypeOf(value: unknown): { dtype: DType; bigEndian: boolean } | undefined {
  if (
    !(value instanceof PickleObject) ||
    value.className !== "numpy.dtype" ||
    !Array.isArray(value.arguments)
  ) {
    return undefined;
  }
  const [code] = value.arguments as unknown[];
  const dtype = typeof code === "string" ? dtypes[code.replace(/^[<>=|]/, "")] : undefined;
  if (dtype === undefined) return undefined;
  const order = Array.isArray(value.state) ? value.state[1] : String(code)[0];
  return { dtype, bigEndian: order === ">" };
}

/** Bytes as they are, or, of protocols before 3, as text: `_codecs.encode(text, 'latin1')`, Python 2's own str as latin-1. */
function bytesFrom(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") return new Uint8Array(Buffer.from(value, "latin1"));
  if (value instanceof PickleObject && Array.isArray(value.arguments)) {
    const [first, encoding] = value.arguments as unknown[];
    if (value.className === "_codecs.encode" && typeof first === "string") {
      if (encoding !== "latin1" && encoding !== "latin-1") {
        throw new CheckpointError(`its pickle is damaged: an array's bytes as ${quoted(String(encoding))}`);
      }
      return new Uint8Array(Buffer.from(first, "latin1"));
    }
    if (value.className === "builtins.bytes" || value.className === "builtins.bytearray") {
      return value.arguments.length === 0 ? new Uint8Array(0) : bytesFrom(first);
    }
  }
  return undefined;
}

function load({ dtype, bigEndian, shape, fortran, bytes }: ArrayParts): AnyTensor {
  const copy = bytes.slice();
  if (bigEndian) swapBytes(copy, bytesPerElement(dtype));
  const data = arrayFromBytes(dtype, copy);
  if (!fortran || shape.length < 2) return anyTensor(dtype, shape, data);
  const target = allocate(dtype, sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  for (let to = 0; to < target.length; to++) {
    target[to] = data[index.reduce((sum, i, axis) => sum + i * strides[axis]!, 0)]!;
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return anyTensor(dtype, shape, target);
}
