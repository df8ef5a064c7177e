/** Where an image's pixels are, as plain data that can be posted to a worker thread, and how to load them. */
import { open } from "node:fs/promises";
import { type Box, cropBox, decodeRgb, ImageError, type RgbImage, rgbImage } from "../images/index.ts";

export type ImageSource =
  /** An image file. */
  | { readonly kind: "file"; readonly path: string }
  /** Part of an image file: Pillow's crop by a box. */
  | { readonly kind: "box"; readonly path: string; readonly box: Box }
  /** Raw pixels inside a larger file: all red levels, then all green, then all blue. */
  | {
      readonly kind: "planes";
      readonly path: string;
      readonly offset: number;
      readonly width: number;
      readonly height: number;
    }
  /** Grey levels 0 to `most`, row by row, held in memory; stretched to 0..255. */
  | {
      readonly kind: "levels";
      readonly name: string;
      readonly width: number;
      readonly height: number;
      readonly most: number;
      readonly levels: Uint8Array;
    };

/** What an error message calls the image. */
export function describeSource(source: ImageSource): string {
  switch (source.kind) {
    case "file":
      return source.path;
    case "box":
      return `${source.path} (box ${source.box.join(", ")})`;
    case "planes":
      return `${source.path} (bytes from ${source.offset})`;
    case "levels":
      return source.name;
  }
}

/** The bytes of a `planes` source. @throws ImageError when the file ends before them. */
export async function readPlanes(source: Extract<ImageSource, { kind: "planes" }>): Promise<Uint8Array> {
  const length = source.width * source.height * 3;
  const bytes = new Uint8Array(length);
  const file = await open(source.path).catch((error: NodeJS.ErrnoException) => {
    throw new ImageError(source.path, `cannot be opened (${error.code})`, { cause: error });
  });
  try {
    const { bytesRead } = await file.read(bytes, 0, length, source.offset);
    if (bytesRead < length) {
      throw new ImageError(
        describeSource(source),
        `${length} bytes expected, ${bytesRead} found; the file is truncated`,
      );
    }
  } finally {
    await file.close();
  }
  return bytes;
}

function interleave(planes: Uint8Array, width: number, height: number): RgbImage {
  const count = width * height;
  const data = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    data[i * 3] = planes[i]!;
    data[i * 3 + 1] = planes[count + i]!;
    data[i * 3 + 2] = planes[2 * count + i]!;
  }
  return rgbImage(width, height, data);
}

/** @throws ImageError naming the file */
export async function loadSource(source: ImageSource): Promise<RgbImage> {
  switch (source.kind) {
    case "file":
      return decodeRgb(source.path);
    case "box":
      return cropBox(await decodeRgb(source.path), source.box);
    case "planes":
      return interleave(await readPlanes(source), source.width, source.height);
    case "levels": {
      const { width, height, most, levels } = source;
      const data = new Uint8Array(width * height * 3);
      levels.forEach((level, i) => {
        data.fill(Math.round((level * 255) / most), i * 3, i * 3 + 3);
      });
      return rgbImage(width, height, data);
    }
  }
}
