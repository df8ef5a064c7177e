/** Loads, resizes, mirrors and normalises the images of a batch, in a loading thread: a recipe of `training/loader.ts`. */
import { flipHorizontally, levelTable, type Normalisation, type RgbImage } from "../../images/index.ts";
import { tensor } from "../../tensor/index.ts";
import { loadKept } from "../../training/decoded.ts";
import type { Feeds } from "../../training/task.ts";
import { resizeBilinear, type Size } from "../pixel-labels/canvas.ts";
import { writePixels } from "../pixel-labels/load-batch.ts";

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
export function placeImage(image: RgbImage, size: Size, flip: boolean): RgbImage {
  const resized = resizeBilinear(image, size);
  return flip ? flipHorizontally(resized) : resized;
}
