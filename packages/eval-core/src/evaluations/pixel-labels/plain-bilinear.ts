/** The resize of OpenCV's INTER_LINEAR: half-pixel centres, edges clamped, not antialiased, rounded half to even. */
import { type RgbImage, rgbImage } from "../../images/index.ts";
import type { Size } from "./canvas.ts";

export interface Taps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** The share of `high`. */
  readonly share: Float64Array;
}

/** For every output position of an axis, the two inputs that it lies between: torch's with align_corners false, too. */
export function bilinearTaps(from: number, to: number): Taps {
  const [low, high, share] = [new Int32Array(to), new Int32Array(to), new Float64Array(to)];
  for (let i = 0; i < to; i++) {
    const at = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    low[i] = Math.floor(at);
    high[i] = Math.min(low[i]! + 1, from - 1);
    share[i] = at - low[i]!;
  }
  return { low, high, share };
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** In float64; OpenCV's own fixed point differs by at most one level. */
export function plainBilinear(image: RgbImage, { width, height }: Size): RgbImage {
  const [columns, rows] = [bilinearTaps(image.width, width), bilinearTaps(image.height, height)];
  const out = new Uint8Array(width * height * 3);
  const at = (y: number, x: number, channel: number) => image.data[(y * image.width + x) * 3 + channel]!;
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = [rows.low[y]!, rows.high[y]!, rows.share[y]!];
    for (let x = 0; x < width; x++) {
      const [left, right, across] = [columns.low[x]!, columns.high[x]!, columns.share[x]!];
      for (let channel = 0; channel < 3; channel++) {
        const above = at(top, left, channel) * (1 - across) + at(top, right, channel) * across;
        const below = at(bottom, left, channel) * (1 - across) + at(bottom, right, channel) * across;
        out[(y * width + x) * 3 + channel] = roundHalfEven(above * (1 - down) + below * down);
      }
    }
  }
  return rgbImage(width, height, out);
}
