/** What the linear segmentation head has done in threads beside the graphs: a recipe of `training/loader.ts`. */

import type { Levels } from "../../datasets/dense/pixel-data.ts";
import {
  centreOffset,
  decodeLevels,
  type LevelMap,
  levelTable,
  type Normalisation,
  type RgbImage,
  resizeNearest,
  rgbImage,
} from "../../images/index.ts";
import { type Tensor, tensor } from "../../tensor/index.ts";
import { loadKept } from "../../training/decoded.ts";
import type { Feeds } from "../../training/task.ts";
import { resizeBilinear, type Size } from "../pixel-labels/canvas.ts";
import { checkMap, writePixels } from "../pixel-labels/load-batch.ts";
import { randomCrop, shorterSideAt, windowOf } from "./crops.ts";
import { slidingWindows } from "./head.ts";
import { labelWindows } from "./label-windows.ts";
import { generatorOf } from "./order.ts";
import { pixelGradient, VOID } from "./pixel-gradient.ts";

export type HeadWork = CropRequest | MaskRequest | GradientRequest | WindowsRequest | LabelRequest;

interface OnePicture {
  readonly image: string;
  readonly labels: string;
  readonly levels: Levels;
  readonly classes: number;
}

/** Answers `input` [3, side, side] and `labels` [side, side]. */
export interface CropRequest extends OnePicture {
  readonly what: "crop";
  readonly side: number;
  readonly normalisation: Normalisation;
  readonly seed: number;
  readonly turn: number;
}

/** Answers `labels` [side, side]: of the centre, the shorter side at `side`. */
export interface MaskRequest {
  readonly what: "mask";
  readonly labels: string;
  readonly levels: Levels;
  readonly classes: number;
  readonly side: number;
}

/** Answers `gradient` [classes, side, side] and `sums`: loss, correct, labelled. */
export interface GradientRequest {
  readonly what: "gradient";
  readonly scores: Float32Array;
  readonly classes: number;
  readonly side: number;
  readonly labels: Uint8Array;
  readonly size: Size;
  readonly denominator: number;
}

/** Answers `input` [windows, 3, side, side], `windows` [windows, 4] and `size`: height, width. */
export interface WindowsRequest {
  readonly what: "windows";
  readonly image: string;
  readonly side: number;
  readonly stride: number;
  readonly normalisation: Normalisation;
}

/** Answers `tally` [3, classes]: right, labelled and predicted pixels among the labelled. */
export interface LabelRequest extends OnePicture {
  readonly what: "label";
  readonly scores: Tensor<"float32">;
  readonly windows: Int32Array;
  readonly size: Size;
}

export async function prepare(request: HeadWork): Promise<Feeds> {
  switch (request.what) {
    case "crop":
      return crop(request);
    case "mask":
      return mask(request);
    case "gradient":
      return gradient(request);
    case "windows":
      return windows(request);
    case "label":
      return label(request);
  }
}

/** Levels to classes, void as 255. */
function toClasses(data: Uint8Array, levels: Levels): Uint8Array {
  return data.map((level) => (level === levels.void ? VOID : level - levels.first));
}

async function labelsOf(
  path: string,
  image: Size | undefined,
  { levels, classes }: Pick<OnePicture, "levels" | "classes">,
): Promise<LevelMap> {
  const map = await decodeLevels(path);
  const labels = { offset: levels.first, ignored: levels.void, besideImage: -1, beyond: -1 };
  checkMap(map, image ?? map, path, { labels, classes });
  return map;
}

async function crop(request: CropRequest): Promise<Feeds> {
  const { image: path, labels: mapPath, levels, side, normalisation, seed, turn } = request;
  const image = await loadKept({ kind: "file", path });
  const labels = await labelsOf(mapPath, image, request);
  const random = generatorOf(seed, turn, "picture");
  const cut = randomCrop({ image, labels }, side, levels.void, random);
  const input = new Float32Array(3 * side * side);
  writePixels(cut.image, { width: side, height: side }, levelTable(normalisation), input);
  const padded = new Uint8Array(side * side).fill(VOID);
  const { width, height, data } = cut.labels;
  const classes = toClasses(data, levels);
  for (let y = 0; y < height; y++) padded.set(classes.subarray(y * width, (y + 1) * width), y * side);
  return {
    input: tensor("float32", [3, side, side], input),
    labels: tensor("uint8", [side, side], padded),
  };
}

async function mask(request: MaskRequest): Promise<Feeds> {
  const { labels: path, levels, side } = request;
  const map = await labelsOf(path, undefined, request);
  const size = shorterSideAt(map, side);
  const place = { left: centreOffset(size.width, side), top: centreOffset(size.height, side) };
  const resized = resizeNearest(map, size.width, size.height);
  const data = windowOf(resized.data, size.width, 1, { ...place, width: side, height: side });
  return { labels: tensor("uint8", [side, side], toClasses(data, levels)) };
}

function gradient({ scores, classes, side, labels, size, denominator }: GradientRequest): Feeds {
  const found = pixelGradient({ scores, classes, side }, { labels, ...size }, denominator);
  const { loss, correct, labelled } = found;
  return {
    gradient: tensor("float32", [classes, side, side], found.gradient),
    sums: tensor("float64", [3], Float64Array.of(loss, correct, labelled)),
  };
}

async function windows({ image: path, side, stride, normalisation }: WindowsRequest): Promise<Feeds> {
  const image = await loadKept({ kind: "file", path });
  const size = shorterSideAt(image, side);
  const resized = resizeBilinear(image, size);
  const boxes = slidingWindows(size.height, size.width, side, stride);
  const input = new Float32Array(boxes.length * 3 * side * side);
  const tables = levelTable(normalisation);
  boxes.forEach((box, i) => {
    const own = input.subarray(i * 3 * side * side, (i + 1) * 3 * side * side);
    writePixels(windowImage(resized, box), { width: side, height: side }, tables, own);
  });
  return {
    input: tensor("float32", [boxes.length, 3, side, side], input),
    windows: tensor("int32", [boxes.length, 4], Int32Array.from(boxes.flat())),
    size: tensor("int32", [2], Int32Array.of(size.height, size.width)),
  };
}

function windowImage(
  { width: stride, data }: RgbImage,
  [top, left, bottom, right]: readonly [number, number, number, number],
): RgbImage {
  const size = { width: right - left, height: bottom - top };
  return rgbImage(size.width, size.height, windowOf(data, stride, 3, { left, top, ...size }));
}

async function label(request: LabelRequest): Promise<Feeds> {
  const { scores, windows: boxes, size, classes, labels: path, levels } = request;
  const map = await labelsOf(path, undefined, request);
  const [count = 0, , side = 0] = scores.shape;
  const all = classes * side * side;
  const own = Array.from({ length: count }, (_, i) => scores.data.subarray(i * all, (i + 1) * all));
  const places = Array.from({ length: count }, (_, i) => {
    const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = boxes.subarray(4 * i, 4 * i + 4);
    return [y1, x1, y2, x2] as const;
  });
  const out = { width: map.width, height: map.height };
  const predicted = labelWindows({ scores: own, windows: places, classes, side }, size, out);
  const tally = new Int32Array(3 * classes);
  toClasses(map.data, levels).forEach((truth, i) => {
    if (truth === VOID) return;
    const answer = predicted[i]!;
    if (truth === answer) tally[truth]!++;
    tally[classes + truth]!++;
    tally[2 * classes + answer]!++;
  });
  return { tally: tensor("int32", [3, classes], tally) };
}
