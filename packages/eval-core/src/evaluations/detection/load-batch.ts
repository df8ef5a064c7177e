/** Loads, resizes, mirrors and normalises the images of a batch, in a loading thread: a recipe of `training/loader.ts`. */
import {
  flipHorizontally,
  levelTable,
  type Normalisation,
  type RgbImage,
  resizeWindow,
} from "../../images/index.ts";
import { tensor } from "../../tensor/index.ts";
import { loadKept } from "../../training/decoded.ts";
import type { Feeds } from "../../training/task.ts";
import type { Size } from "./inputs.ts";

export interface BatchRequest {
  /** Files, and the size that the annotations say. */
  readonly images: readonly (Size & { readonly image: string })[];
  readonly sizes: readonly Size[];
  readonly flips: readonly boolean[];
  readonly canvas: Size;
  readonly normalisation: Normalisation;
}

/** `input` [N, 3, H, W], 0 beyond an image. @throws RangeError naming an image of another size than its annotation says */
export async function prepare({ images, sizes, flips, canvas, normalisation }: BatchRequest): Promise<Feeds> {
  const plane = canvas.width * canvas.height;
  const pixels = new Float32Array(images.length * 3 * plane);
  const tables = levelTable(normalisation);
  for (const [i, { image: path, width, height }] of images.entries()) {
    const image = await loadKept({ kind: "file", path });
    if (image.width !== width || image.height !== height)
      throw new RangeError(
        `${path} is ${image.width} x ${image.height}, but its annotation says ${width} x ${height}: copy one of them again`,
      );
    const placed = placeImage(image, sizes[i]!, flips[i]!);
    writePixels(placed, canvas, tables, pixels.subarray(i * 3 * plane, (i + 1) * 3 * plane));
  }
  return { input: tensor("float32", [images.length, 3, canvas.height, canvas.width], pixels) };
}

/** Pillow's bilinear, then mirrored if asked for. */
export function placeImage(image: RgbImage, { width, height }: Size, flip: boolean): RgbImage {
  const window = { left: 0, top: 0, width, height };
  const resized = resizeWindow(image, width, height, window, "bilinear");
  return flip ? flipHorizontally(resized) : resized;
}

function writePixels(
  { width, height, data }: RgbImage,
  canvas: Size,
  tables: readonly Float32Array[],
  into: Float32Array,
): void {
  const plane = canvas.width * canvas.height;
  for (let channel = 0; channel < 3; channel++) {
    const table = tables[channel]!;
    for (let y = 0; y < height; y++) {
      const to = channel * plane + y * canvas.width;
      for (let x = 0; x < width; x++) into[to + x] = table[data[(y * width + x) * 3 + channel]!]!;
    }
  }
}
