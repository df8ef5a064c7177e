/**
 * The training augmentation of fine-tuning, as torchvision's RandomResizedCrop and RandomHorizontalFlip: a random
 * part of the image resized to the crop, then mirrored every other time. All randomness comes from the generator
 * that is passed in.
 */
import type { SeededRandom } from "../tensor/index.ts";
import { type RgbImage, rgbImage } from "./image.ts";
import { type ResizeFilter, resizeBicubic, resizeWindow } from "./resize.ts";

export interface RandomCrop {
  /** Side of the result. */
  readonly crop: number;
  /** The part's area as a share of the image's. */
  readonly scale: readonly [least: number, most: number];
  /** The part's width / height. */
  readonly ratio: readonly [least: number, most: number];
  readonly flip: boolean;
}

/** torchvision's defaults, with the flip, at 224. */
export const RANDOM_RESIZED_CROP: RandomCrop = {
  crop: 224,
  scale: [0.08, 1],
  ratio: [3 / 4, 4 / 3],
  flip: true,
};

export interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const TRIES = 10;

/** Halves to even, as Python's round. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/**
 * The part to cut: an area uniform in `scale`, an aspect log-uniform in `ratio`, ten tries to fit it; then the
 * largest central part whose aspect is allowed.
 */
export function randomPart(
  width: number,
  height: number,
  { scale, ratio }: Pick<RandomCrop, "scale" | "ratio">,
  random: SeededRandom,
): Part {
  const area = width * height;
  for (let i = 0; i < TRIES; i++) {
    const target = area * random.uniform(...scale);
    const aspect = Math.exp(random.uniform(Math.log(ratio[0]), Math.log(ratio[1])));
    const w = roundHalfEven(Math.sqrt(target * aspect));
    const h = roundHalfEven(Math.sqrt(target / aspect));
    if (w > 0 && w <= width && h > 0 && h <= height) {
      const top = random.below(height - h + 1);
      const left = random.below(width - w + 1);
      return { left, top, width: w, height: h };
    }
  }
  const aspect = width / height;
  const [w, h] =
    aspect < ratio[0]
      ? [width, Math.min(height, roundHalfEven(width / ratio[0]))]
      : aspect > ratio[1]
        ? [Math.min(width, roundHalfEven(height * ratio[1])), height]
        : [width, height];
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}

/** A part of an image. @throws RangeError when it reaches out */
export function cut(image: RgbImage, part: Part): RgbImage {
  return resizeWindow(image, image.width, image.height, part);
}

/** The image mirrored left to right. */
export function flipHorizontally({ width, height, data }: RgbImage): RgbImage {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      out.set(data.subarray(from, from + 3), (y * width + (width - 1 - x)) * 3);
    }
  }
  return rgbImage(width, height, out);
}

/**
 * One augmented crop.
 * @returns crop * crop * 3 bytes in HWC order, as `preprocess`
 */
export function randomResizedCrop(
  image: RgbImage,
  options: RandomCrop,
  random: SeededRandom,
  filter: ResizeFilter = "bicubic",
): Uint8Array {
  const { crop } = options;
  const part = cut(image, randomPart(image.width, image.height, options, random));
  const resized =
    filter === "bicubic"
      ? resizeBicubic(part, crop, crop)
      : resizeWindow(part, crop, crop, { left: 0, top: 0, width: crop, height: crop }, filter);
  // Drawn whatever its outcome, so that the generator's state after an image does not depend on it.
  const mirrored = options.flip && random.uniform() < 0.5;
  return (mirrored ? flipHorizontally(resized) : resized).data;
}
