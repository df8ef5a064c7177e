/**
 * Label maps: images of one 8-bit channel, or of indices into a palette, whose levels are class numbers, read as they are;
 * and the size of any image.
 */
import sharp from "sharp";
import { bytesOfFile, firstLine } from "./file.ts";
import { ImageError } from "./image.ts";
import { decodeIndexedPng, isIndexedPng } from "./indexed-png.ts";

export interface LevelMap {
  readonly width: number;
  readonly height: number;
  /** Row by row. */
  readonly data: Uint8Array;
}

/** @throws ImageError naming the file when it is missing, damaged, or neither of one 8-bit channel nor of a palette */
export async function decodeLevels(path: string): Promise<LevelMap> {
  const bytes = await bytesOfFile(path);
  if (isIndexedPng(bytes)) {
    try {
      return decodeIndexedPng(bytes);
    } catch (error) {
      throw new ImageError(path, `not a whole, readable label map (${firstLine(error)})`, { cause: error });
    }
  }
  const image = sharp(bytes, { failOn: "error", ignoreIcc: true });
  try {
    const { channels, depth, space } = await image.metadata();
    if (channels !== 1 || depth !== "uchar" || space !== "b-w")
      throw new ImageError(
        path,
        `a label map has one channel of 8 bits, found ${channels} of ${depth} (${space})`,
      );
    const { data, info } = await image.toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
    if (info.channels !== 1)
      throw new ImageError(path, `a label map has one channel, found ${info.channels}`);
    return { width: info.width, height: info.height, data: new Uint8Array(data) };
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(path, `not a whole, readable label map (${firstLine(error)})`, { cause: error });
  }
}

/** Width and height by the file's header, as stored: no EXIF orientation is applied. @throws ImageError naming the file */
export async function imageSize(path: string): Promise<{ readonly width: number; readonly height: number }> {
  try {
    const { width, height } = await sharp(path, { ignoreIcc: true }).metadata();
    return { width, height };
  } catch (error) {
    throw new ImageError(path, `not a readable image (${firstLine(error)})`, { cause: error });
  }
}

/** A map resized by Pillow's nearest: output i reads source floor((i + 0.5) in / out). */
export function resizeNearest(map: LevelMap, width: number, height: number): LevelMap {
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * map.width) / width));
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = Math.floor(((y + 0.5) * map.height) / height) * map.width;
    for (let x = 0; x < width; x++) data[y * width + x] = map.data[from + columns[x]!]!;
  }
  return { width, height, data };
}
