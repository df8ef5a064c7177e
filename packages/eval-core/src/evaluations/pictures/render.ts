/** Pictures of what an evaluation found: a map in colour over the image that it is of, and signed differences. */
import { type RgbImage, rgbImage } from "../../images/index.ts";

/** Dark violet over red to light yellow: even steps of lightness, readable without colour too. */
const STOPS: readonly (readonly [number, number, number])[] = [
  [13, 8, 60],
  [87, 16, 110],
  [188, 55, 84],
  [249, 142, 9],
  [252, 255, 164],
];

/** @param share 0 to 1 */
export function heatColour(share: number): readonly [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (STOPS.length - 1);
  const [low, high] = [STOPS[Math.floor(at)]!, STOPS[Math.ceil(at)]!];
  const part = at - Math.floor(at);
  return [0, 1, 2].map((c) => low[c]! + part * (high[c]! - low[c]!)) as [number, number, number];
}

/** How much of an overlay is the map's colour; the rest is the image in grey. */
const OPACITY = 0.65;

/**
 * A map over its image, from its least value to its greatest.
 * @param map height x width, of the image's size
 */
export function overlay(image: RgbImage, map: Float64Array): RgbImage {
  const { width, height, data } = image;
  if (map.length !== width * height)
    throw new RangeError(`a map of ${map.length} values does not lie over an image of ${width} x ${height}`);
  const least = map.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const range = map.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) - least || 1;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < map.length; i++) {
    const grey = 0.299 * data[i * 3]! + 0.587 * data[i * 3 + 1]! + 0.114 * data[i * 3 + 2]!;
    const colour = heatColour((map[i]! - least) / range);
    for (let c = 0; c < 3; c++) out[i * 3 + c] = Math.round(OPACITY * colour[c]! + (1 - OPACITY) * grey);
  }
  return rgbImage(width, height, out);
}

/** One channel of `image` less that of `original`: grey where they are equal, darker for less, brighter for more. */
export function channelDifference(original: RgbImage, image: RgbImage, channel: 0 | 1 | 2): RgbImage {
  const { width, height } = original;
  const out = new Uint8Array(original.data.length);
  for (let i = 0; i < width * height; i++) {
    const difference = image.data[i * 3 + channel]! - original.data[i * 3 + channel]!;
    out.fill(Math.round(127.5 + difference / 2), i * 3, i * 3 + 3);
  }
  return rgbImage(width, height, out);
}
