/**
 * Windows bitmaps, which sharp cannot read: 1, 4 and 8 bits with a palette (also run-length encoded),
 * 16, 24 and 32 bits, bottom-up and top-down. As Pillow: the fourth byte is not blended.
 */
import { ImageError, type RgbImage, rgbImage } from "./image.ts";

export function isBmp(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x42 && bytes[1] === 0x4d;
}

const COMPRESSION = { rgb: 0, rle8: 1, rle4: 2, bitfields: 3, alphaBitfields: 6 } as const;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Where the pixels start. */
  readonly offset: number;
  readonly palette: Uint8Array;
  /** Bytes a palette entry: 3 in OS/2 files, else 4; blue, green, red. */
  readonly entry: number;
  readonly masks: readonly [number, number, number];
}

function readHeader(bytes: Uint8Array, name: string): Header {
  if (bytes.length < 26) throw new ImageError(name, "the BMP header is cut off; the file is truncated");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offset = view.getUint32(10, true);
  const size = view.getUint32(14, true);
  const os2 = size === 12;
  if (!os2 && size < 40) throw new ImageError(name, `a BMP header of ${size} bytes is not known`);
  if (bytes.length < 14 + size) {
    throw new ImageError(name, "the BMP header is cut off; the file is truncated");
  }
  const width = os2 ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = os2 ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(os2 ? 24 : 28, true);
  const compression = os2 ? 0 : view.getUint32(30, true);
  const height = Math.abs(signedHeight);
  if (width <= 0 || height === 0 || width * height > 2 ** 28) {
    throw new ImageError(name, `a BMP of ${width} x ${signedHeight} pixels cannot be read`);
  }
  const bitfields = compression === COMPRESSION.bitfields || compression === COMPRESSION.alphaBitfields;
  // The masks follow a 40-byte header, and are part of a longer one: the same place.
  if (bitfields && bytes.length < 66) {
    throw new ImageError(name, "the BMP's colour masks are cut off; the file is truncated");
  }
  const masks: [number, number, number] = bitfields
    ? [view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true)]
    : bits === 16
      ? [0x7c00, 0x03e0, 0x001f]
      : [0xff0000, 0xff00, 0xff];
  const paletteStart = 14 + size + (bitfields && size === 40 ? 12 : 0);
  return {
    width,
    height,
    topDown: signedHeight < 0,
    bits,
    compression,
    offset,
    palette: bits <= 8 ? bytes.subarray(paletteStart, offset) : bytes.subarray(0, 0),
    entry: os2 ? 3 : 4,
    masks,
  };
}

/** Palette indices of run-length encoded rows, first row first in the file. */
function unpackRuns(bytes: Uint8Array, header: Header, name: string): Uint8Array {
  const { width, height, offset, compression } = header;
  const four = compression === COMPRESSION.rle4;
  const out = new Uint8Array(width * height);
  let at = offset;
  let x = 0;
  let y = 0;
  const put = (value: number) => {
    if (x < width && y < height) out[y * width + x] = value;
    x++;
  };
  const next = () => {
    const byte = bytes[at++];
    if (byte === undefined) throw new ImageError(name, "the BMP's rows are cut off; the file is truncated");
    return byte;
  };
  const nibble = (byte: number, index: number) => (index % 2 === 0 ? byte >> 4 : byte & 15);
  for (;;) {
    // Some writers leave the closing mark out.
    if (y >= height && at >= bytes.length) return out;
    const count = next();
    const value = next();
    if (count > 0) {
      for (let i = 0; i < count; i++) put(four ? nibble(value, i) : value);
    } else if (value === 0) {
      x = 0;
      y++;
    } else if (value === 1) {
      return out;
    } else if (value === 2) {
      x += next();
      y += next();
    } else {
      const start = at;
      let byte = 0;
      for (let i = 0; i < value; i++) {
        if (!four || i % 2 === 0) byte = next();
        put(four ? nibble(byte, i) : byte);
      }
      if ((at - start) % 2 === 1) at++;
    }
  }
}

/** A masked field stretched to 0..255. */
function field(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (pixel) => Math.trunc((((pixel & mask) >>> shift) * 255) / most);
}

/**
 * @throws ImageError when the file is truncated or of a kind that no dataset uses (JPEG or PNG inside BMP)
 */
export function decodeBmp(bytes: Uint8Array, name: string): RgbImage {
  const header = readHeader(bytes, name);
  const { width, height, bits, compression, offset, palette, entry, masks, topDown } = header;
  const runs = compression === COMPRESSION.rle8 || compression === COMPRESSION.rle4;
  if (![1, 4, 8, 16, 24, 32].includes(bits) || (!runs && ![0, 3, 6].includes(compression))) {
    throw new ImageError(name, `a BMP of ${bits} bits with compression ${compression} cannot be read`);
  }
  const stride = Math.ceil((width * bits) / 32) * 4;
  const indices = runs ? unpackRuns(bytes, header, name) : undefined;
  // The last row's padding may be missing.
  const needed = offset + stride * (height - 1) + Math.ceil((width * bits) / 8);
  if (!indices && bytes.length < needed) {
    throw new ImageError(
      name,
      `${needed} bytes are needed, ${bytes.length} are there; the file is truncated`,
    );
  }
  const [red, green, blue] = masks.map(field) as [
    (p: number) => number,
    (p: number) => number,
    (p: number) => number,
  ];
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = offset + y * stride;
    const target = (topDown ? y : height - 1 - y) * width;
    for (let x = 0; x < width; x++) {
      const to = (target + x) * 3;
      if (bits <= 8) {
        const bit = x * bits;
        const index = indices
          ? indices[y * width + x]!
          : (bytes[row + (bit >> 3)]! >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
        out[to] = palette[index * entry + 2] ?? 0;
        out[to + 1] = palette[index * entry + 1] ?? 0;
        out[to + 2] = palette[index * entry] ?? 0;
      } else if (bits === 24) {
        out[to] = bytes[row + x * 3 + 2]!;
        out[to + 1] = bytes[row + x * 3 + 1]!;
        out[to + 2] = bytes[row + x * 3]!;
      } else {
        const at = row + x * (bits / 8);
        const low = bytes[at]! | (bytes[at + 1]! << 8);
        const pixel = bits === 16 ? low : (low | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
        out[to] = red(pixel);
        out[to + 1] = green(pixel);
        out[to + 2] = blue(pixel);
      }
    }
  }
  return rgbImage(width, height, out);
}
