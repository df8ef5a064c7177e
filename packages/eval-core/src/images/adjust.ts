/**
 * Changes of colour and sharpness as torchvision makes them of Pillow images: 8-bit levels in, 8-bit levels out, with
 * Pillow's integer arithmetic.
 */
import { type RgbImage, rgbImage } from "./image.ts";

const clamp = (value: number): number => Math.min(255, Math.max(0, Math.trunc(value)));

/** Pillow's "L": (19595 R + 38470 G + 7471 B + 2^15) / 2^16. */
const luminance = (r: number, g: number, b: number): number =>
  (r * 19_595 + g * 38_470 + b * 7_471 + 0x8000) >> 16;

function mapped(
  image: RgbImage,
  change: (r: number, g: number, b: number, out: Uint8Array, at: number) => void,
): RgbImage {
  const { width, height, data } = image;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) change(data[i]!, data[i + 1]!, data[i + 2]!, out, i);
  return rgbImage(width, height, out);
}

/** Grey in all three channels. */
export const greyscale = (image: RgbImage): RgbImage =>
  mapped(image, (r, g, b, out, at) => void out.fill(luminance(r, g, b), at, at + 3));

/** base + factor (image - base), in float32, cut to 0..255: Pillow's blend. */
function blended(
  image: RgbImage,
  factor: number,
  base: (r: number, g: number, b: number) => number,
): RgbImage {
  const alpha = Math.fround(factor);
  const mix = (from: number, to: number) => clamp(Math.fround(from + Math.fround(alpha * (to - from))));
  return mapped(image, (r, g, b, out, at) => {
    const from = base(r, g, b);
    out[at] = mix(from, r);
    out[at + 1] = mix(from, g);
    out[at + 2] = mix(from, b);
  });
}

/** 0: black; 1: as it is. */
export const adjustBrightness = (image: RgbImage, factor: number): RgbImage =>
  blended(image, factor, () => 0);

/** 0: grey; 1: as it is. */
export const adjustSaturation = (image: RgbImage, factor: number): RgbImage =>
  blended(image, factor, luminance);

/** 0: the mean grey everywhere; 1: as it is. */
export function adjustContrast(image: RgbImage, factor: number): RgbImage {
  const { data } = image;
  let sum = 0;
  for (let i = 0; i < data.length; i += 3) sum += luminance(data[i]!, data[i + 1]!, data[i + 2]!);
  const grey = Math.trunc(sum / (data.length / 3) + 0.5);
  return blended(image, factor, () => grey);
}

/** Pillow's RGB to HSV, 8 bits each. */
function toHsv(r: number, g: number, b: number): [number, number, number] {
  const most = Math.max(r, g, b);
  const least = Math.min(r, g, b);
  if (most === least) return [0, 0, most];
  const range = most - least;
  const [rc, gc, bc] = [(most - r) / range, (most - g) / range, (most - b) / range];
  const sector = r === most ? bc - gc : g === most ? 2 + rc - bc : 4 + gc - rc;
  // Pillow keeps it in float32: a third of the circle is then 85 steps, not 84.
  const hue = Math.fround((Math.fround(sector) / 6 + 1) % 1);
  return [clamp(hue * 255), clamp((range / most) * 255), most];
}

function fromHsv(h: number, s: number, v: number): [number, number, number] {
  if (s === 0) return [v, v, v];
  const sector = (h * 6) / 255;
  const i = Math.floor(sector);
  const f = sector - i;
  const saturation = s / 255;
  const round = (value: number) => clamp(Math.round(value));
  const p = round(v * (1 - saturation));
  const q = round(v * (1 - saturation * f));
  const t = round(v * (1 - saturation * (1 - f)));
  const sectors = [
    [v, t, p],
    [q, v, p],
    [p, v, t],
    [p, q, v],
    [t, p, v],
    [v, p, q],
  ] as const;
  return [...sectors[i % 6]!];
}

/** @param shift -0.5 to 0.5 of the way around the circle of hues. */
export function adjustHue(image: RgbImage, shift: number): RgbImage {
  const steps = Math.trunc(shift * 255);
  return mapped(image, (r, g, b, out, at) => {
    const [h, s, v] = toHsv(r, g, b);
    out.set(fromHsv((h + steps + 512) % 256, s, v), at);
  });
}

/**
 * A Gaussian blur, axis by axis, the image mirrored at its edges without repeating them; rounded once, at the end.
 * @param kernel odd number of pixels
 * @param sigma in pixels
 */
export function gaussianBlur({ width, height, data }: RgbImage, kernel: number, sigma: number): RgbImage {
  const half = (kernel - 1) / 2;
  const raw = Array.from({ length: kernel }, (_, i) => Math.exp(-0.5 * ((i - half) / sigma) ** 2));
  const total = raw.reduce((a, b) => a + b, 0);
  const weights = raw.map((w) => w / total);
  const mirrored = (i: number, size: number): number => {
    if (size === 1) return 0;
    const period = 2 * (size - 1);
    const within = ((i % period) + period) % period;
    return within < size ? within : period - within;
  };
  const across = new Float64Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < kernel; k++) {
        const from = (y * width + mirrored(x + k - half, width)) * 3;
        for (let c = 0; c < 3; c++) across[(y * width + x) * 3 + c]! += weights[k]! * data[from + c]!;
      }
    }
  }
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width * 3; x++) {
      let sum = 0;
      for (let k = 0; k < kernel; k++)
        sum += weights[k]! * across[mirrored(y + k - half, height) * width * 3 + x]!;
      out[y * width * 3 + x] = Math.round(sum);
    }
  }
  return rgbImage(width, height, out);
}

/** Upside down. */
export function flipVertically({ width, height, data }: RgbImage): RgbImage {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++)
    out.set(data.subarray(y * width * 3, (y + 1) * width * 3), (height - 1 - y) * width * 3);
  return rgbImage(width, height, out);
}

/** Turned about its middle, counter-clockwise, by the nearest pixel; black where nothing was. */
export function rotate({ width, height, data }: RgbImage, degrees: number): RgbImage {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x + 0.5 - width / 2, y + 0.5 - height / 2];
      // A hair inwards: a whole turn must answer the image itself.
      const fromX = Math.floor(cos * dx - sin * dy + width / 2 + 1e-9);
      const fromY = Math.floor(sin * dx + cos * dy + height / 2 + 1e-9);
      if (fromX < 0 || fromY < 0 || fromX >= width || fromY >= height) continue;
      const from = (fromY * width + fromX) * 3;
      out.set(data.subarray(from, from + 3), (y * width + x) * 3);
    }
  }
  return rgbImage(width, height, out);
}
