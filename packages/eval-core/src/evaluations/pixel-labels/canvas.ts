/** Sizes and canvases of batches whose labels are pixels, as CSAIL's loader makes them. */
import {
  flipHorizontally,
  type LevelMap,
  type RgbImage,
  resizeNearest,
  resizeWindow,
} from "../../images/index.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** The shorter side as asked for unless the longer one became more than `longest`; both truncated. */
export function scaledSize({ width, height }: Size, short: number, longest: number): Size {
  const scale = Math.min(short / Math.min(width, height), longest / Math.max(width, height));
  return { width: Math.trunc(width * scale), height: Math.trunc(height * scale) };
}

/** The common canvas of some images: the largest sides, each rounded up. */
export function canvasOf(sizes: readonly Size[], multiple: number): Size {
  return {
    width: roundUp(Math.max(...sizes.map(({ width }) => width)), multiple),
    height: roundUp(Math.max(...sizes.map(({ height }) => height)), multiple),
  };
}

/** How levels of a label map become classes; below 0 is ignored. */
export interface LabelRules {
  /** Class = level - offset. */
  readonly offset: number;
  /** The level that is no class. */
  readonly ignored: number;
  /** What lies between an image and the next multiple of the stride. */
  readonly besideImage: number;
  /** What lies beyond that in the batch's canvas. */
  readonly beyond: number;
}

/** The whole image at another size: Pillow's bilinear, antialiased. */
export function resizeBilinear(image: RgbImage, { width, height }: Size): RgbImage {
  return resizeWindow(image, width, height, { left: 0, top: 0, width, height }, "bilinear");
}

/** An image and its label map as they come into a batch. */
export interface Placed {
  readonly image: RgbImage;
  readonly labels: LevelMap;
}

/** Mirrored if asked for, then resized: the image bilinear, the labels to the nearest. */
export function place({ image, labels }: Placed, size: Size, flip: boolean): Placed {
  const turned = flip ? { image: flipHorizontally(image), labels: mirrored(labels) } : { image, labels };
  return {
    image: resizeBilinear(turned.image, size),
    labels: resizeNearest(turned.labels, size.width, size.height),
  };
}

function mirrored({ width, height, data }: LevelMap): LevelMap {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) out[y * width + x] = data[y * width + (width - 1 - x)]!;
  }
  return { width, height, data: out };
}

/**
 * The classes of a placed map on a batch's canvas at 1 / stride: (i, j) reads pixel (stride i + stride / 2, stride j + stride / 2).
 * @param into the plane of this image, canvas height / stride x canvas width / stride
 */
export function writeClasses(
  map: LevelMap,
  canvas: Size,
  stride: number,
  { offset, ignored, besideImage, beyond }: LabelRules,
  into: Float32Array,
): void {
  const [rows, columns] = [canvas.height / stride, canvas.width / stride];
  const [ownRows, ownColumns] = [Math.ceil(map.height / stride), Math.ceil(map.width / stride)];
  const half = stride / 2;
  for (let i = 0; i < rows; i++) {
    const y = stride * i + half;
    for (let j = 0; j < columns; j++) {
      const x = stride * j + half;
      let value = beyond;
      if (i < ownRows && j < ownColumns) {
        value = besideImage;
        if (y < map.height && x < map.width) {
          const level = map.data[y * map.width + x]!;
          value = level === ignored ? -1 : level - offset;
        }
      }
      into[i * columns + j] = value;
    }
  }
}
