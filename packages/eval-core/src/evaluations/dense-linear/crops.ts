/** A training picture changed at random, as mmsegmentation does: its size, a crop that no class fills, mirrored, its colours. */
import {
  flipHorizontally,
  type LevelMap,
  type RgbImage,
  resizeNearest,
  rgbImage,
} from "../../images/index.ts";
import type { NumpyRandomState } from "../../tensor/index.ts";
import { resizeBilinear, type Size } from "../pixel-labels/canvas.ts";
import { CROP_TRIES, DISTORTION, MOST_OF_A_CLASS, RATIOS } from "./protocol.ts";

export interface Labelled {
  readonly image: RgbImage;
  readonly labels: LevelMap;
}

const between = (random: NumpyRandomState, least: number, most: number) =>
  least + random.uniform() * (most - least);

/** The shorter side as told, the longer one truncated. */
export function shorterSideAt({ width, height }: Size, short: number): Size {
  return width <= height
    ? { width: short, height: Math.trunc((short * height) / width) }
    : { width: Math.trunc((short * width) / height), height: short };
}

/** At most side x side: smaller where the resized picture is. */
export function randomCrop(
  { image, labels }: Labelled,
  side: number,
  voidLevel: number,
  random: NumpyRandomState,
): Labelled {
  const short = Math.max(1, Math.round(side * between(random, ...RATIOS)));
  const size = shorterSideAt(image, short);
  const map = resizeNearest(labels, size.width, size.height);
  const part = { width: Math.min(side, size.width), height: Math.min(side, size.height) };
  let place = { left: 0, top: 0 };
  let cut = map;
  for (let i = 0; i < CROP_TRIES; i++) {
    place = {
      top: Math.floor(random.uniform() * (size.height - part.height + 1)),
      left: Math.floor(random.uniform() * (size.width - part.width + 1)),
    };
    cut = { ...part, data: windowOf(map.data, size.width, 1, { ...place, ...part }) };
    if (!isFilled(cut.data, voidLevel)) break;
  }
  const resized = resizeBilinear(image, size);
  const pixels = windowOf(resized.data, size.width, 3, { ...place, ...part });
  const cropped = { image: rgbImage(part.width, part.height, pixels), labels: cut };
  const turned = random.uniform() < 0.5 ? mirrored(cropped) : cropped;
  return { ...turned, image: distorted(turned.image, random) };
}

export function windowOf(
  data: Uint8Array,
  stride: number,
  channels: number,
  { left, top, width, height }: Size & { readonly left: number; readonly top: number },
): Uint8Array {
  const out = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * stride + left) * channels;
    out.set(data.subarray(from, from + width * channels), y * width * channels);
  }
  return out;
}

/** Whether one class has too much of what is labelled; one class alone always has. */
function isFilled(levels: Uint8Array, voidLevel: number): boolean {
  const counts = new Float64Array(256);
  for (const level of levels) counts[level]!++;
  counts[voidLevel] = 0;
  const total = counts.reduce((sum, n) => sum + n, 0);
  return counts.reduce((most, n) => Math.max(most, n), 0) >= MOST_OF_A_CLASS * total;
}

function mirrored({ image, labels }: Labelled): Labelled {
  const { width, height, data } = labels;
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) turned[y * width + x] = data[y * width + (width - 1 - x)]!;
  return { image: flipHorizontally(image), labels: { width, height, data: turned } };
}

/**
 * Brightness, contrast (before or after the other two), saturation and hue, each for every second picture. In floats, cut to
 * 0..255 after each and rounded once; mmsegmentation rounds after each.
 */
export function distorted(image: RgbImage, random: NumpyRandomState): RgbImage {
  const often = () => random.uniform() < 0.5;
  const factor = (range: number) => between(random, 1 - range, 1 + range);
  const brightness = often() ? between(random, -DISTORTION.brightness, DISTORTION.brightness) : 0;
  const contrastFirst = often();
  const contrast = often() ? factor(DISTORTION.contrast) : 1;
  const saturation = often() ? factor(DISTORTION.saturation) : 1;
  const hue = often() ? between(random, -DISTORTION.hue, DISTORTION.hue) : 0;
  const cut = (value: number) => Math.min(255, Math.max(0, value));
  const data = new Uint8Array(image.data.length);
  const pixel: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 3) {
    for (let c = 0; c < 3; c++) {
      const level = cut(image.data[i + c]! + brightness);
      pixel[c] = contrastFirst ? cut(level * contrast) : level;
    }
    if (saturation !== 1 || hue !== 0) turnColour(pixel, saturation, hue);
    for (let c = 0; c < 3; c++)
      data[i + c] = Math.round(contrastFirst ? cut(pixel[c]!) : cut(pixel[c]! * contrast));
  }
  return rgbImage(image.width, image.height, data);
}

/** HSV with S times a factor, at most 1, and H moved by a share of the circle; in place. */
function turnColour(pixel: [number, number, number], saturation: number, turn: number): void {
  const [r, g, b] = pixel;
  const value = Math.max(r, g, b);
  const range = value - Math.min(r, g, b);
  if (range === 0) return;
  const sector = value === r ? (g - b) / range : value === g ? 2 + (b - r) / range : 4 + (r - g) / range;
  const hue = (((sector + 6 * turn) % 6) + 6) % 6;
  const chroma = Math.min(1, (range / value) * saturation) * value;
  // Each channel: value - chroma * clamp(distance of the hue from its own part of the circle).
  const channel = (n: number) => {
    const k = (n + hue) % 6;
    return value - chroma * Math.max(0, Math.min(k, 4 - k, 1));
  };
  pixel[0] = channel(5);
  pixel[1] = channel(3);
  pixel[2] = channel(1);
}
