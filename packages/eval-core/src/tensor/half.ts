/**
 * The two 16-bit float formats, as raw bit patterns, to and from float32.
 *
 * float16 is IEEE binary16: 1 sign, 5 exponent (bias 15), 10 mantissa bits. bfloat16 is the upper half of a
 * float32. Decoding is exact; encoding rounds to the nearest, ties to even, overflows to infinity and keeps
 * NaN a (quiet) NaN.
 */
import { type AnyTensor, type Tensor, tensor } from "./tensor.ts";

const floatView = new Float32Array(1);
const bitsView = new Uint32Array(floatView.buffer);

/** value = (-1)^s * 2^(e-15) * 1.m for 0 < e < 31; (-1)^s * 2^-14 * 0.m for e = 0; infinity or NaN for e = 31. */
export function float16ToFloat32(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >>> 10) & 0x1f;
  const mantissa = pattern & 0x3ff;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

/** The float16 pattern nearest to `value`, which is first rounded to float32. */
export function float32ToFloat16(value: number): number {
  floatView[0] = value;
  const bits = bitsView[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 is halfway between the largest float16 and the next power of two: from there on it rounds to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    const rebased = magnitude - ((127 - 15) << 23);
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
  }
  // Subnormal: the mantissa with its hidden bit, in units of 2^-24.
  const exponent = magnitude >>> 23;
  const shift = 126 - exponent;
  if (shift > 24) return sign;
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  const kept = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
}

export function bfloat16ToFloat32(pattern: number): number {
  bitsView[0] = pattern << 16;
  return floatView[0]!;
}

/** The bfloat16 pattern nearest to `value`, which is first rounded to float32. */
export function float32ToBfloat16(value: number): number {
  floatView[0] = value;
  const bits = bitsView[0]!;
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

let float16Table: Float32Array | undefined;

/** Decodes a whole array; the 65,536 answers are tabulated once. */
export function decodeFloat16(patterns: Uint16Array): Float32Array {
  float16Table ??= Float32Array.from({ length: 65_536 }, (_, pattern) => float16ToFloat32(pattern));
  const table = float16Table;
  const values = new Float32Array(patterns.length);
  for (let i = 0; i < values.length; i++) values[i] = table[patterns[i]!]!;
  return values;
}

export function encodeFloat16(values: ArrayLike<number>): Uint16Array {
  const patterns = new Uint16Array(values.length);
  for (let i = 0; i < patterns.length; i++) patterns[i] = float32ToFloat16(values[i]!);
  return patterns;
}

export function decodeBfloat16(patterns: Uint16Array): Float32Array {
  const bits = new Uint32Array(patterns.length);
  for (let i = 0; i < bits.length; i++) bits[i] = patterns[i]! << 16;
  return new Float32Array(bits.buffer);
}

export function encodeBfloat16(values: ArrayLike<number>): Uint16Array {
  const patterns = new Uint16Array(values.length);
  for (let i = 0; i < patterns.length; i++) patterns[i] = float32ToBfloat16(values[i]!);
  return patterns;
}

/**
 * The same values as float32; a float32 tensor is returned as it is.
 * @throws TypeError for 64-bit integers, which float32 would silently round.
 */
export function toFloat32(source: AnyTensor): Tensor<"float32"> {
  switch (source.dtype) {
    case "float32":
      return source;
    case "float16":
      return tensor("float32", source.shape, decodeFloat16(source.data));
    case "bfloat16":
      return tensor("float32", source.shape, decodeBfloat16(source.data));
    case "int64":
    case "uint64":
      throw new TypeError(`${source.dtype} does not fit in float32: convert it explicitly`);
    default:
      return tensor("float32", source.shape, Float32Array.from(source.data));
  }
}
