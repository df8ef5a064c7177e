/**
 * From a decoded image to the network's crop, by named recipes that enter a run's protocol fingerprint:
 * resize (Pillow's bicubic) and centre crop (torchvision's arithmetic), in 8-bit levels.
 */
import { type RgbImage, rgbImage } from "./image.ts";
import { type ResizeFilter, resizeWindow } from "./resize.ts";

export interface Preprocessing {
  /** shorter-side: the shorter side becomes resizeSize, the aspect is kept; square: both sides do. */
  readonly resize: "shorter-side" | "square";
  readonly resizeSize: number;
  /** Side of the square centre crop. */
  readonly crop: number;
  readonly filter: ResizeFilter;
}

/** The recipes that have a name: the paper's, and that of the authors' few-shot code (int(224 * 1.15) = 257). */
export const PREPROCESSINGS = {
  "imagenet-shorter-224": { resize: "shorter-side", resizeSize: 224, crop: 224, filter: "bicubic" },
  "square-257-crop-224": { resize: "square", resizeSize: 257, crop: 224, filter: "bicubic" },
} as const satisfies Record<string, Preprocessing>;

export type PreprocessingName = keyof typeof PREPROCESSINGS;

/** The paper's recipe at another size: shorter side resized to `size`, centre crop of the same. */
export function shorterSide(size: number): Preprocessing {
  return { resize: "shorter-side", resizeSize: size, crop: size, filter: "bicubic" };
}

/**
 * A recipe by name: one of PREPROCESSINGS, or `shorter-N` for any size N.
 * @throws RangeError listing the known names.
 */
export function preprocessingNamed(name: string): Preprocessing {
  if (Object.hasOwn(PREPROCESSINGS, name)) return PREPROCESSINGS[name as PreprocessingName];
  const size = /^shorter-([1-9]\d{0,3})$/.exec(name)?.[1];
  if (size !== undefined) return shorterSide(Number(size));
  throw new RangeError(
    `unknown preprocessing "${name}": known are ${Object.keys(PREPROCESSINGS).join(", ")} and shorter-N (for example shorter-64)`,
  );
}

/** Size after the resize. The longer side is truncated, as torchvision does. */
export function resizedSize(
  width: number,
  height: number,
  { resize, resizeSize }: Preprocessing,
): { width: number; height: number } {
  if (resize === "square") return { width: resizeSize, height: resizeSize };
  return width <= height
    ? { width: resizeSize, height: Math.trunc((resizeSize * height) / width) }
    : { width: Math.trunc((resizeSize * width) / height), height: resizeSize };
}

/** (size - crop) / 2, a half rounded to even: Python's round, which torchvision uses for the crop's offset. */
export function centreOffset(size: number, crop: number): number {
  const half = (size - crop) / 2;
  const floor = Math.floor(half);
  if (half === floor) return half;
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * A square cut from the middle.
 * @throws RangeError when the image is smaller than the crop.
 */
export function centreCrop(image: RgbImage, crop: number): RgbImage {
  const { width, height } = image;
  if (width < crop || height < crop) {
    throw new RangeError(`cannot crop ${crop} x ${crop} out of an image of ${width} x ${height}`);
  }
  const left = centreOffset(width, crop);
  const top = centreOffset(height, crop);
  return resizeWindow(image, width, height, { left, top, width: crop, height: crop });
}

/**
 * Resize and centre crop.
 * @returns the crop's levels, crop * crop * 3 bytes in HWC order (RGB interleaved), ready for `toTensor`.
 */
export function preprocess(image: RgbImage, preprocessing: Preprocessing): Uint8Array {
  const { crop, filter } = preprocessing;
  const { width, height } = resizedSize(image.width, image.height, preprocessing);
  if (width < crop || height < crop) {
    throw new RangeError(
      `cannot crop ${crop} x ${crop} after resizing to ${width} x ${height}: the crop may not exceed resizeSize`,
    );
  }
  const left = centreOffset(width, crop);
  const top = centreOffset(height, crop);
  return resizeWindow(image, width, height, { left, top, width: crop, height: crop }, filter).data;
}

/** The crop as an image again, to look at or to write. */
export function preprocessedImage(image: RgbImage, preprocessing: Preprocessing): RgbImage {
  return rgbImage(preprocessing.crop, preprocessing.crop, preprocess(image, preprocessing));
}
