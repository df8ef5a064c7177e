/**
 * NumPy's .npy files, format versions 1 to 3: every plain number type, both byte orders, C and Fortran order
 * (turned into C order). Structured, string, complex and object arrays are refused by name.
 * Format: numpy.lib.format's documentation.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { writeFileAtomically } from "./atomic-file.ts";
import { type AnyTensor, type DType, sizeOf } from "./tensor.ts";
import { allocate, anyTensor, bytesOf, bytesPerElement, swapBytes } from "./typed-array.ts";

/** A .npy file that is not what it should be; the message is one sentence for the user. */
export class NpyError extends Error {
  override name = "NpyError";
}

const descriptors: { readonly [descriptor: string]: DType } = {
  f4: "float32",
  f8: "float64",
  f2: "float16",
  i1: "int8",
  u1: "uint8",
  i2: "int16",
  u2: "uint16",
  i4: "int32",
  u4: "uint32",
  i8: "int64",
  u8: "uint64",
  b1: "bool",
};
const descriptorOf = Object.fromEntries(Object.entries(descriptors).map(([code, dtype]) => [dtype, code]));

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy itself refuses headers beyond 10,000 characters; structured types alone need more than this. */
const LONGEST_HEADER = 65_536;

export interface NpyHeader {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  readonly bigEndian: boolean;
  /** Where the data begin. */
  readonly offset: number;
}

/**
 * Reads the header alone; `start` are the first bytes of the file, as many as there are up to 65,548.
 * @throws NpyError
 */
export function parseNpyHeader(start: Uint8Array, where = "the .npy data"): NpyHeader {
  if (start.length < 10 || MAGIC.some((byte, i) => start[i] !== byte)) {
    throw new NpyError(`${where}: not a .npy file: it does not start with NumPy's magic string`);
  }
  const version = start[6]!;
  if (version < 1 || version > 3) {
    throw new NpyError(`${where}: .npy format version ${version} is unknown: expected 1, 2 or 3`);
  }
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const prefix = version === 1 ? 10 : 12;
  if (start.length < prefix) throw new NpyError(`${where}: the file ends inside its header`);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST_HEADER) {
    throw new NpyError(`${where}: the header claims ${length} bytes; at most ${LONGEST_HEADER} are read`);
  }
  if (start.length < prefix + length) throw new NpyError(`${where}: the file ends inside its header`);
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(
    start.subarray(prefix, prefix + length),
  );

  const descriptor = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const dimensions = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (descriptor === undefined && /'descr'\s*:\s*\[/.test(text)) {
    throw new NpyError(`${where}: structured arrays are not supported: save one plain array a file`);
  }
  if (descriptor === undefined || order === undefined || dimensions === undefined) {
    throw new NpyError(`${where}: the header has no descr, fortran_order and shape that make sense`);
  }
  const parts = /^([<>=|]?)(\w+)$/.exec(descriptor);
  const dtype = parts && descriptors[parts[2]!];
  if (!dtype) {
    throw new NpyError(
      `${where}: its element type ${descriptor} is not supported: expected one of ${Object.keys(descriptors).join(", ")}`,
    );
  }
  const shape = dimensions
    .split(",")
    .map((dimension) => dimension.replace("L", "").trim())
    .filter((dimension) => dimension !== "")
    .map(Number);
  if (!shape.every(Number.isSafeInteger) || !Number.isSafeInteger(sizeOf(shape) * 8)) {
    throw new NpyError(`${where}: the shape (${dimensions}) is not a shape that fits in memory`);
  }
  return {
    dtype,
    shape,
    fortranOrder: order === "True",
    bigEndian: parts[1] === ">",
    offset: prefix + length,
  };
}

/**
 * Reads a whole array from a file or from bytes. The answer never shares memory with `source`.
 * @throws NpyError naming the file and what is wrong with it; what the file system throws.
 */
export function readNpy(source: string | Uint8Array): AnyTensor {
  if (typeof source !== "string") {
    return readFrom("the .npy data", source.byteLength, (target, position) => {
      target.set(source.subarray(position, position + target.byteLength));
    });
  }
  const file = openSync(source, "r");
  try {
    return readFrom(source, fstatSync(file).size, (target, position) => {
      for (let at = 0; at < target.byteLength; ) {
        const read = readSync(file, target, at, Math.min(target.byteLength - at, 2 ** 28), position + at);
        if (read === 0) throw new NpyError(`${source}: the file ended while it was being read`);
        at += read;
      }
    });
  } finally {
    closeSync(file);
  }
}

function readFrom(
  where: string,
  size: number,
  read: (target: Uint8Array, position: number) => void,
): AnyTensor {
  const start = new Uint8Array(Math.min(size, LONGEST_HEADER + 12));
  read(start, 0);
  const { dtype, shape, fortranOrder, bigEndian, offset } = parseNpyHeader(start, where);
  const length = sizeOf(shape);
  const width = bytesPerElement(dtype);
  // Checked before memory is taken: a damaged shape must not ask for terabytes.
  if (size - offset !== length * width) {
    throw new NpyError(
      `${where}: shape (${shape.join(", ")}) of ${dtype} needs ${length * width} bytes, the file has ${size - offset}`,
    );
  }
  let data = allocate(dtype, length);
  read(bytesOf(data), offset);
  if (bigEndian) swapBytes(bytesOf(data), width);
  if (fortranOrder && shape.length > 1) data = toRowMajor(data, shape, dtype);
  return anyTensor(dtype, shape, data);
}

/** Column-major to row-major: the reversed shape, transposed. */
function toRowMajor(source: AnyTensor["data"], shape: readonly number[], dtype: DType): AnyTensor["data"] {
  const target = allocate(dtype, source.length);
  const index = new Array<number>(shape.length).fill(0);
  const strides: number[] = [];
  let stride = 1;
  for (const dimension of shape) {
    strides.push(stride);
    stride *= dimension;
  }
  let from = 0;
  for (let to = 0; to < target.length; to++) {
    target[to] = source[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return target;
}

/**
 * The bytes before the data of a C-order array, padded so that the data begin at a multiple of 64.
 * For those who write the data themselves, block by block.
 */
export function npyHeader(dtype: DType, shape: readonly number[]): Uint8Array {
  const code = descriptorOf[dtype];
  if (code === undefined) {
    throw new NpyError(`NumPy has no ${dtype}: convert to float32 before writing a .npy file`);
  }
  const order = bytesPerElement(dtype) === 1 ? "|" : "<";
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  const total = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = new Uint8Array(total).fill(0x20);
  header.set([...MAGIC, 1, 0, (total - 10) & 0xff, (total - 10) >>> 8]);
  header.set(new TextEncoder().encode(text), 10);
  header[total - 1] = 0x0a;
  return header;
}

/** The whole file, in memory. */
export function encodeNpy(array: AnyTensor): Uint8Array {
  const header = npyHeader(array.dtype, array.shape);
  const bytes = new Uint8Array(header.length + array.data.byteLength);
  bytes.set(header);
  bytes.set(bytesOf(array.data), header.length);
  return bytes;
}

/** Writes the file atomically, without a second copy of the data in memory. */
export function writeNpy(array: AnyTensor, path: string): void {
  writeFileAtomically(path, [npyHeader(array.dtype, array.shape), bytesOf(array.data)]);
}
