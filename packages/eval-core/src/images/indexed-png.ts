/**
 * The indices of a PNG file of colour type 3, as they are stored: label maps such as VOC's number their classes by places
 * in a palette, and decoding to colours would lose them. Not interlaced; 1, 2, 4 or 8 bits a pixel (PNG, ISO/IEC 15948).
 */
import { inflateSync } from "node:zlib";

export interface IndexedImage {
  readonly width: number;
  readonly height: number;
  /** Row by row. */
  readonly data: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const INDEXED = 3;

export const isIndexedPng = (bytes: Uint8Array): boolean =>
  SIGNATURE.every((byte, i) => bytes[i] === byte) && bytes[25] === INDEXED;

/** @throws RangeError saying what is wrong with the file */
export function decodeIndexedPng(bytes: Uint8Array): IndexedImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let ended = false;
  for (let at = SIGNATURE.length; at + 12 <= bytes.length && !ended; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) break;
    if (type === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + length));
    ended = type === "IEND";
    at += 12 + length;
  }
  if (!ended) throw new RangeError("it ends in the middle");
  const [width, height, bits] = [view.getUint32(16), view.getUint32(20), bytes[24]!];
  if (bytes[28] !== 0) throw new RangeError("it is interlaced: save it without");
  if (![1, 2, 4, 8].includes(bits)) throw new RangeError(`it has ${bits} bits a pixel`);
  const raw = inflateSync(Buffer.concat(parts));
  const stride = Math.ceil((width * bits) / 8);
  if (raw.length !== height * (stride + 1)) {
    throw new RangeError(
      `it holds ${raw.length} bytes of pixels, ${width} x ${height} take ${height * (stride + 1)}`,
    );
  }
  return { width, height, data: unpacked(unfiltered(raw, height, stride), width, height, stride, bits) };
}

/** Rows without their filters; a pixel has one byte at most, so that the byte before is the pixel before. */
function unfiltered(raw: Uint8Array, height: number, stride: number): Uint8Array {
  const out = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    const predicted = FILTERS[filter];
    if (!predicted) throw new RangeError(`row ${y} has the filter ${filter}, which is none`);
    for (let x = 0; x < stride; x++) {
      const left = x > 0 ? out[y * stride + x - 1]! : 0;
      const above = y > 0 ? out[(y - 1) * stride + x]! : 0;
      const corner = x > 0 && y > 0 ? out[(y - 1) * stride + x - 1]! : 0;
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x]! + predicted(left, above, corner);
    }
  }
  return out;
}

/** None, Sub, Up, Average, Paeth. */
const FILTERS: readonly ((left: number, above: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_, above) => above,
  (left, above) => (left + above) >> 1,
  (left, above, corner) => {
    const estimate = left + above - corner;
    const [a, b, c] = [left, above, corner].map((value) => Math.abs(estimate - value)) as [
      number,
      number,
      number,
    ];
    if (a <= b && a <= c) return left;
    return b <= c ? above : corner;
  },
];

function unpacked(rows: Uint8Array, width: number, height: number, stride: number, bits: number): Uint8Array {
  if (bits === 8) return rows;
  const data = new Uint8Array(width * height);
  const mask = (1 << bits) - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      data[y * width + x] = (rows[y * stride + (bit >> 3)]! >> (8 - bits - (bit & 7))) & mask;
    }
  }
  return data;
}
