/** Makes a batch of images and their label maps, in a loading thread: a recipe of `training/loader.ts`. */
import {
  decodeLevels,
  type LevelMap,
  levelTable,
  type Normalisation,
  type RgbImage,
} from "../../images/index.ts";
import { tensor } from "../../tensor/index.ts";
import { loadKept } from "../../training/decoded.ts";
import type { Feeds } from "../../training/task.ts";
import { type LabelRules, place, type Size, writeClasses } from "./canvas.ts";

export interface BatchRequest {
  readonly images: readonly { readonly image: string; readonly labels: string }[];
  readonly sizes: readonly Size[];
  readonly flips: readonly boolean[];
  readonly canvas: Size;
  readonly labelStride: number;
  readonly labels: LabelRules;
  /** One more than the largest class. */
  readonly classes: number;
  readonly normalisation: Normalisation;
}

/** `input` [N, 3, H, W], 0 beyond an image; `labels` [N, H / stride, W / stride], below 0 ignored. */
export async function prepare(request: BatchRequest): Promise<Feeds> {
  const { images, sizes, flips, canvas, labelStride, normalisation } = request;
  const plane = canvas.width * canvas.height;
  const [rows, columns] = [canvas.height / labelStride, canvas.width / labelStride];
  const pixels = new Float32Array(images.length * 3 * plane);
  const labels = new Float32Array(images.length * rows * columns);
  const tables = levelTable(normalisation);
  for (const [i, { image: path, labels: mapPath }] of images.entries()) {
    const image = await loadKept({ kind: "file", path });
    const map = await decodeLevels(mapPath);
    checkMap(map, image, mapPath, request);
    const placed = place({ image, labels: map }, sizes[i]!, flips[i]!);
    writePixels(placed.image, canvas, tables, pixels.subarray(i * 3 * plane, (i + 1) * 3 * plane));
    const own = labels.subarray(i * rows * columns, (i + 1) * rows * columns);
    writeClasses(placed.labels, canvas, labelStride, request.labels, own);
  }
  return {
    input: tensor("float32", [images.length, 3, canvas.height, canvas.width], pixels),
    labels: tensor("float32", [images.length, rows, columns], labels),
  };
}

/** @throws RangeError naming the map that has another size than its image, or a level that is no class */
export function checkMap(
  map: LevelMap,
  image: Size,
  path: string,
  { labels: { offset, ignored }, classes }: Pick<BatchRequest, "labels" | "classes">,
): void {
  if (map.width !== image.width || map.height !== image.height)
    throw new RangeError(
      `the label map ${path} is ${map.width} x ${map.height}, but its image is ${image.width} x ${image.height}`,
    );
  const wrong = map.data.find((level) => level !== ignored && (level < offset || level - offset >= classes));
  if (wrong !== undefined)
    throw new RangeError(
      `the label map ${path} has the level ${wrong}: expected ${offset} to ${offset + classes - 1}, or ${ignored} for none`,
    );
}

/** An image at the top left of a canvas [3, H, W], normalised; the rest stays 0. */
export function writePixels(
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
