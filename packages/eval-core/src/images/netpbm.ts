/**
 * Netpbm's portable bitmaps, greymaps and pixmaps (.pbm, .pgm, .ppm), which torchvision's image folders read and sharp does
 * not: plain and raw (P1 to P6), any maximum up to 65535, scaled to 0..255 as Pillow scales (halves to even;
 * greys beyond 255 as its 32-bit greys, of 65535 and cut off at 255). The first image of a file is read.
 * Source: netpbm.sourceforge.net/doc, Pillow's PpmImagePlugin.
 */
import { roundHalfToEven } from "./box-crop.ts";
import { ImageError, type RgbImage, rgbImage } from "./image.ts";

export const isNetpbm = (bytes: Uint8Array): boolean =>
  bytes.length > 2 && bytes[0] === 0x50 && bytes[1]! >= 0x31 && bytes[1]! <= 0x36 && isSpace(bytes[2]!);

const isSpace = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
const HASH = 0x23;
const NEWLINE = 0x0a;

/** Reads words parted by white space; a # begins a comment that ends with its line. */
class Words {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  at = 2;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#name = name;
  }

  #skip(): void {
    const bytes = this.#bytes;
    for (;;) {
      if (this.at < bytes.length && isSpace(bytes[this.at]!)) this.at++;
      else if (bytes[this.at] === HASH) {
        while (this.at < bytes.length && bytes[this.at] !== NEWLINE) this.at++;
      } else return;
    }
  }

  number(what: string): number {
    this.#skip();
    let value = 0;
    const start = this.at;
    for (; this.at < this.#bytes.length; this.at++) {
      const digit = this.#bytes[this.at]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      if (value > 1e9) break;
    }
    if (this.at === start || value > 1e9) {
      const ended = start >= this.#bytes.length;
      throw new ImageError(
        this.#name,
        ended ? `the file ends before ${what}; it is truncated` : `its ${what} is not a number`,
      );
    }
    return value;
  }

  /** One 0 or 1 of a plain bitmap, which need not be parted. */
  bit(): number {
    this.#skip();
    const bit = (this.#bytes[this.at++] ?? -1) - 0x30;
    if (bit === 0 || bit === 1) return bit;
    throw new ImageError(
      this.#name,
      "the bitmap ends before its last pixel, or holds other digits than 0 and 1",
    );
  }
}

export function decodeNetpbm(bytes: Uint8Array, name: string): RgbImage {
  const kind = bytes[1]! - 0x30;
  const words = new Words(bytes, name);
  const width = words.number("width");
  const height = words.number("height");
  const isBitmap = kind === 1 || kind === 4;
  const most = isBitmap ? 1 : words.number("maximum");
  if (width < 1 || height < 1 || width * height > 2 ** 28) {
    throw new ImageError(name, `a picture of ${width} x ${height} pixels cannot be read`);
  }
  if (most < 1 || most > 65_535) throw new ImageError(name, `its maximum of ${most} is not from 1 to 65535`);
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const samples =
    kind <= 3
      ? plain(words, width * height * channels, isBitmap)
      : raw(bytes, words.at + 1, { width, height, channels, most, name, isBitmap });
  const level = levelOf(most, isBitmap, channels === 1 && most > 255);
  const out = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < 3; c++)
      out[pixel * 3 + c] = level(samples(pixel * channels + (channels === 3 ? c : 0)));
  }
  return rgbImage(width, height, out);
}

/** A bitmap's 1 is black. */
function levelOf(most: number, isBitmap: boolean, isWideGrey: boolean): (value: number) => number {
  if (isBitmap) return (value) => (value === 0 ? 255 : 0);
  if (isWideGrey) return (value) => Math.min(255, roundHalfToEven((Math.min(value, most) / most) * 65_535));
  return (value) => (most === 255 ? value : roundHalfToEven((Math.min(value, most) / most) * 255));
}

function plain(words: Words, count: number, isBitmap: boolean): (index: number) => number {
  const values = new Uint16Array(count);
  for (let i = 0; i < count; i++)
    values[i] = isBitmap ? words.bit() : Math.min(65_535, words.number("last pixel"));
  return (index) => values[index]!;
}

interface Raw {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly most: number;
  readonly name: string;
  readonly isBitmap: boolean;
}

/** One white space stands between the header and the samples; those beyond 255 are two bytes, the high one first. */
function raw(bytes: Uint8Array, start: number, shape: Raw): (index: number) => number {
  const { width, height, channels, most, name, isBitmap } = shape;
  const step = most > 255 ? 2 : 1;
  const rowBytes = isBitmap ? Math.ceil(width / 8) : width * channels * step;
  if (bytes.length - start < rowBytes * height) {
    throw new ImageError(name, "the file ends before its last pixel; it is truncated");
  }
  if (isBitmap) {
    return (index) => {
      const x = index % width;
      return (bytes[start + Math.floor(index / width) * rowBytes + (x >> 3)]! >> (7 - (x & 7))) & 1;
    };
  }
  if (step === 1) return (index) => bytes[start + index]!;
  return (index) => (bytes[start + 2 * index]! << 8) | bytes[start + 2 * index + 1]!;
}
