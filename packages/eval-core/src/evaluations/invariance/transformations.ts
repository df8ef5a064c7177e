/**
 * Transformations of an image over a grid each, after "Why Do Self-Supervised Models Transfer? Investigating the Impact
 * of Invariance on Downstream Tasks" (Ericsson, Gouk and Hospedales, 2021): what a network's features should not change
 * by if it was trained to ignore it.
 *
 * The image is transformed, its shorter side resized to 256, its middle 224 x 224 taken. Translation moves the crop
 * within the resized image; scale enlarges or shrinks that about its middle, black around it.
 */
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  flipHorizontally,
  flipVertically,
  gaussianBlur,
  greyscale,
  ImageError,
  type RgbImage,
  resizeBicubic,
  resizedSize,
  resizeWindow,
  rgbImage,
  rotate,
  shorterSide,
} from "../../images/index.ts";

export const RESIZED = 256;
export const CROP = 224;
/** As published: 1 + 2 floor(224 / 20). */
export const BLUR_KERNEL = 23;
const POINTS = 16;

/** `count` values from `low` to `high`, both included. */
const range = (low: number, high: number, count = POINTS): number[] =>
  Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

export interface Transformation {
  readonly name: string;
  /** What the curve is drawn over. */
  readonly values: readonly number[];
  /** The grid in words, for the protocol. */
  readonly grid: string;
  /** The copy of an image that a value makes: 224 x 224. */
  apply(image: RgbImage, value: number): RgbImage;
}

/** A longer picture would take gigabytes when its shorter side is resized, for nothing that the crop shows. */
const LONGEST = 50;

/** @throws ImageError naming the picture, for one that is hardly more than a line */
export function requireShape({ width, height }: RgbImage, name: string): void {
  if (Math.max(width, height) > LONGEST * Math.min(width, height))
    throw new ImageError(name, `it is ${width} x ${height}: expected sides of at most ${LONGEST} to 1`);
}

function resized(image: RgbImage): RgbImage {
  const { width, height } = resizedSize(image.width, image.height, shorterSide(RESIZED));
  return resizeBicubic(image, width, height);
}

/** The middle, moved by so many pixels to the right and down. */
function cropped(image: RgbImage, right = 0, down = 0): RgbImage {
  const { width, height } = image;
  const left = Math.floor((width - CROP) / 2) + right;
  const top = Math.floor((height - CROP) / 2) + down;
  return resizeWindow(image, width, height, { left, top, width: CROP, height: CROP });
}

/** Transforms the image as it was found, then takes the crop. */
const before =
  (change: (image: RgbImage, value: number) => RgbImage) =>
  (image: RgbImage, value: number): RgbImage =>
    cropped(resized(change(image, value)));

/** 0: as it is; 1: changed. */
const once = (name: string, change: (image: RgbImage) => RgbImage): Transformation => ({
  name,
  values: [0, 1],
  grid: "without and with",
  apply: before((image, value) => (value === 0 ? image : change(image))),
});

function scaled(image: RgbImage, factor: number): RgbImage {
  const from = resized(image);
  const width = Math.max(1, Math.round(from.width * factor));
  const height = Math.max(1, Math.round(from.height * factor));
  const made = resizeBicubic(from, width, height);
  const out = new Uint8Array(CROP * CROP * 3);
  const [left, top] = [Math.floor((width - CROP) / 2), Math.floor((height - CROP) / 2)];
  for (let y = 0; y < CROP; y++) {
    for (let x = 0; x < CROP; x++) {
      const [fromX, fromY] = [x + left, y + top];
      if (fromX < 0 || fromY < 0 || fromX >= width || fromY >= height) continue;
      const at = (fromY * width + fromX) * 3;
      out.set(made.data.subarray(at, at + 3), (y * CROP + x) * 3);
    }
  }
  return rgbImage(CROP, CROP, out);
}

/** Steps of 8 pixels each way, row after row. */
const SHIFTS = [-16, -8, 0, 8, 16];

export const TRANSFORMATIONS: readonly Transformation[] = [
  once("grayscale", greyscale),
  once("horizontal-flip", flipHorizontally),
  once("vertical-flip", flipVertically),
  { name: "hue", values: range(-0.5, 0.5), grid: "16 shifts, -0.5 to 0.5", apply: before(adjustHue) },
  {
    name: "saturation",
    values: range(0.25, 5),
    grid: "16 factors, 0.25 to 5",
    apply: before(adjustSaturation),
  },
  {
    name: "brightness",
    values: range(0.25, 5),
    grid: "16 factors, 0.25 to 5",
    apply: before(adjustBrightness),
  },
  { name: "contrast", values: range(0.25, 5), grid: "16 factors, 0.25 to 5", apply: before(adjustContrast) },
  {
    name: "rotation",
    values: range(0, 360 - 360 / POINTS),
    grid: "16 angles of a whole turn, nearest pixel, black outside",
    apply: before(rotate),
  },
  {
    name: "translation",
    values: SHIFTS.flatMap((_, row) => SHIFTS.map((__, column) => row * SHIFTS.length + column)),
    grid: "25 crops, -16 to 16 pixels by 8 down and across",
    apply: (image, value) =>
      cropped(resized(image), SHIFTS[value % SHIFTS.length]!, SHIFTS[Math.floor(value / SHIFTS.length)]!),
  },
  { name: "scale", values: range(0.25, 2), grid: "16 factors, 0.25 to 2, black outside", apply: scaled },
  {
    name: "blur",
    values: range(1e-5, 20),
    grid: "16 deviations, 0 to 20 pixels of the resized image, kernel 23",
    apply: (image, sigma) => cropped(gaussianBlur(resized(image), BLUR_KERNEL, sigma)),
  },
];

/** What the copies are compared with. */
export const untransformed = (image: RgbImage): RgbImage => cropped(resized(image));
