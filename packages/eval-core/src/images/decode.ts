/**
 * Decoding to 8-bit RGB as Pillow's `Image.open(file).convert("RGB")`: no EXIF orientation (but a TIFF's own), no
 * colour profile, alpha dropped rather than blended, grey repeated, CMYK by Pillow's formula, the first frame of an
 * animation. sharp (libvips) reads every format but BMP (`bmp.ts`), GIF (`gif.ts`) and Netpbm (`netpbm.ts`).
 */
import sharp, { type Metadata } from "sharp";
import { decodeBmp, isBmp } from "./bmp.ts";
import { bytesOfFile, firstLine } from "./file.ts";
import { decodeGif, isGif } from "./gif.ts";
import { ImageError, type RgbImage, rgbImage } from "./image.ts";
import { brokenMarker } from "./jpeg.ts";
import { decodeNetpbm, isNetpbm } from "./netpbm.ts";

/** What libvips reads and Pillow reads too; SVG and the like are drawings, not images of a dataset. */
const FORMATS: ReadonlySet<string> = new Set(["jpeg", "png", "webp", "tiff"]);
const KNOWN = "JPEG, PNG, WebP, BMP, GIF, TIFF or Netpbm";

interface Pixels {
  readonly data: Uint8Array | Uint16Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/**
 * A truncated file must fail: libvips otherwise fills the missing rows with grey. What libjpeg merely warns of, such
 * as stray bytes before the end (two of Oxford's Pets), passes, as in Pillow.
 */
function open(bytes: Uint8Array) {
  const image = sharp(bytes, { failOn: "error", ignoreIcc: true, page: 0 });
  // Pillow turns a TIFF as its tag says, and leaves the same tag of other formats to the caller.
  return isTiff(bytes) ? image.autoOrient() : image;
}

const isTiff = (bytes: Uint8Array) => bytes[0] === bytes[1] && (bytes[0] === 0x49 || bytes[0] === 0x4d);

/** By the colour type in its header: a PNG's transparent level, which sharp shows as a channel, is none. */
const isGreyPng = (bytes: Uint8Array) => bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[25] === 0;

async function pixels8(bytes: Uint8Array, cmyk: boolean): Promise<Pixels> {
  const pipeline = cmyk ? open(bytes).pipelineColourspace("cmyk").toColourspace("cmyk") : open(bytes);
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

async function pixels16(bytes: Uint8Array, grey: boolean): Promise<Pixels> {
  const space = grey ? "grey16" : "rgb16";
  const { data, info } = await open(bytes)
    .pipelineColourspace(space)
    .toColourspace(space)
    .raw({ depth: "ushort" })
    .toBuffer({ resolveWithObject: true });
  const levels = new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
  return { data: levels, width: info.width, height: info.height, channels: info.channels };
}

/** Keeps the first three channels, or repeats the first of one or two (grey, grey with alpha). */
function toRgb({ data, width, height, channels }: Pixels, level: (value: number) => number): RgbImage {
  const count = width * height;
  const out = new Uint8Array(count * 3);
  const step = channels >= 3 ? 1 : 0;
  for (let i = 0; i < count; i++) {
    const from = i * channels;
    out[i * 3] = level(data[from]!);
    out[i * 3 + 1] = level(data[from + step]!);
    out[i * 3 + 2] = level(data[from + 2 * step]!);
  }
  return rgbImage(width, height, out);
}

/**
 * CMYK (255 = full ink) to RGB as Pillow: channel = clip((255 - K) - ink * (255 - K) / 255), the quotient rounded.
 */
function cmykToRgb({ data, width, height }: Pixels): RgbImage {
  const count = width * height;
  const out = new Uint8ClampedArray(count * 3);
  for (let i = 0; i < count; i++) {
    const white = 255 - data[i * 4 + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      const product = data[i * 4 + channel]! * white + 128;
      out[i * 3 + channel] = white - (((product >> 8) + product) >> 8);
    }
  }
  return rgbImage(width, height, new Uint8Array(out.buffer));
}

const identity = (value: number) => value;
/** Pillow opens 16-bit grey as integers and clips them to 255 on conversion. */
const clip = (value: number) => Math.min(value, 255);
/** Of 16-bit colour, and of grey with alpha, Pillow keeps the high byte. */
const highByte = (value: number) => value >> 8;

async function decodeBytes(bytes: Uint8Array, name: string): Promise<RgbImage> {
  if (bytes.length === 0) throw new ImageError(name, "the file is empty");
  if (isBmp(bytes)) return decodeBmp(bytes, name);
  if (isGif(bytes)) return decodeGif(bytes, name);
  if (isNetpbm(bytes)) return decodeNetpbm(bytes, name);
  const metadata: Metadata = await open(bytes).metadata();
  if (!FORMATS.has(metadata.format)) {
    throw new ImageError(name, `expected ${KNOWN}, found ${metadata.format}`);
  }
  if (metadata.depth === "ushort" || metadata.depth === "short") {
    const grey = metadata.channels <= 2;
    const integers = metadata.channels === 1 || isGreyPng(bytes);
    return toRgb(await pixels16(bytes, grey), integers ? clip : highByte);
  }
  if (metadata.format === "jpeg") {
    const broken = brokenMarker(bytes);
    if (broken !== undefined) throw new ImageError(name, `the JPEG is damaged: ${broken}`);
  }
  if (metadata.space === "cmyk") return cmykToRgb(await pixels8(bytes, true));
  const pixels = await pixels8(bytes, false);
  return pixels.channels === 3
    ? rgbImage(pixels.width, pixels.height, pixels.data as Uint8Array)
    : toRgb(pixels, identity);
}

/**
 * Decodes a file or its bytes.
 * @param name what to call bytes in an error; a path names itself
 * @throws ImageError naming the file when it is missing, damaged, truncated, or of another format
 */
export async function decodeRgb(source: string | Uint8Array, name?: string): Promise<RgbImage> {
  const label = name ?? (typeof source === "string" ? source : "image bytes");
  try {
    const bytes = typeof source === "string" ? await bytesOfFile(source, label) : source;
    return await decodeBytes(bytes, label);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(label, `not a whole, readable image (${firstLine(error)}); expected ${KNOWN}`, {
      cause: error,
    });
  }
}
