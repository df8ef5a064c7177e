/**
 * Pillow's antialiased resize of 8-bit images, to the bit: two passes, horizontal first, with coefficients
 * rounded to 22 fractional bits and every intermediate pixel rounded and clipped to 8 bits.
 * (Pillow's src/libImaging/Resample.c; libvips and canvas resize differently, and cost accuracy.)
 *
 * Only the asked-for window of the result is computed, so a resize followed by a crop pays for the crop alone.
 */
import { type RgbImage, rgbImage } from "./image.ts";

/** Fractional bits of a coefficient: 32 less 8 of the pixel less 2 of headroom for the negative lobes. */
const PRECISION_BITS = 32 - 8 - 2;
const HALF = 1 << (PRECISION_BITS - 1);

interface Filter {
  /** Half the filter's width in source pixels, when not shrinking. */
  readonly support: number;
  readonly weight: (x: number) => number;
}

/** Keys' cubic with a = -1/2: (a+2)|x|^3 - (a+3)x^2 + 1 up to 1, then a|x|^3 - 5ax^2 + 8a|x| - 4a up to 2. */
function cubic(signed: number): number {
  const a = -0.5;
  const x = Math.abs(signed);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

const FILTERS = {
  bicubic: { support: 2, weight: cubic },
  bilinear: { support: 1, weight: (x: number) => Math.max(0, 1 - Math.abs(x)) },
} as const satisfies Record<string, Filter>;

export type ResizeFilter = keyof typeof FILTERS;

/** For each output position of one axis: the first source position, how many, and their fixed-point weights. */
export interface Coefficients {
  readonly taps: number;
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** Row i holds the weights of output i, padded with zeros to `taps`. */
  readonly weights: Int32Array;
}

function computeCoefficients(from: number, to: number, filterName: ResizeFilter): Coefficients {
  const filter = FILTERS[filterName];
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = filter.support * filterScale;
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * taps);
  const exact = new Float64Array(taps);
  const inverse = 1 / filterScale;
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const n = Math.min(from, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < n; k++) {
      const weight = filter.weight((k + start - centre + 0.5) * inverse);
      exact[k] = weight;
      sum += weight;
    }
    first[i] = start;
    count[i] = n;
    for (let k = 0; k < n; k++) {
      const weight = sum === 0 ? exact[k]! : exact[k]! / sum;
      const fixed = weight * (1 << PRECISION_BITS);
      weights[i * taps + k] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
  }
  return { taps, first, count, weights };
}

/** Datasets have few distinct sizes, and a coefficient table costs as much as a pass over a small image. */
const remembered = new Map<string, Coefficients>();
const REMEMBERED_LIMIT = 512;

function coefficients(from: number, to: number, filter: ResizeFilter): Coefficients {
  const key = `${filter} ${from} ${to}`;
  let found = remembered.get(key);
  if (found === undefined) {
    if (remembered.size >= REMEMBERED_LIMIT) remembered.clear();
    found = computeCoefficients(from, to, filter);
    remembered.set(key, found);
  }
  return found;
}

/** A part of the resized image, in its pixels. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Columns left .. left + width of rows fromRow .. fromRow + rows, resampled along x.
 * The three channels are three independent sums over the same weights.
 */
function horizontalPass(
  image: RgbImage,
  table: Coefficients,
  window: Window,
  fromRow: number,
  rows: number,
): Uint8Array {
  const { data } = image;
  const { first, count, weights, taps } = table;
  const stride = image.width * 3;
  const out = new Uint8ClampedArray(rows * window.width * 3);
  for (let x = 0; x < window.width; x++) {
    const column = window.left + x;
    const start = first[column]! * 3;
    const n = count[column]!;
    const base = column * taps;
    for (let y = 0; y < rows; y++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let at = (fromRow + y) * stride + start;
      for (let k = 0; k < n; k++) {
        const weight = weights[base + k]!;
        red = (red + Math.imul(data[at]!, weight)) | 0;
        green = (green + Math.imul(data[at + 1]!, weight)) | 0;
        blue = (blue + Math.imul(data[at + 2]!, weight)) | 0;
        at += 3;
      }
      const to = (y * window.width + x) * 3;
      out[to] = red >> PRECISION_BITS;
      out[to + 1] = green >> PRECISION_BITS;
      out[to + 2] = blue >> PRECISION_BITS;
    }
  }
  return new Uint8Array(out.buffer);
}

/**
 * Rows top .. top + height, resampled along y; `data` starts at source row `fromRow`.
 * Four taps a sweep over the row: the sums are then read and written a quarter as often.
 */
function verticalPass(data: Uint8Array, table: Coefficients, window: Window, fromRow: number): Uint8Array {
  const { first, count, weights, taps } = table;
  const stride = window.width * 3;
  const out = new Uint8ClampedArray(window.height * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < window.height; y++) {
    const row = window.top + y;
    const n = count[row]!;
    const base = row * taps;
    let at = (first[row]! - fromRow) * stride;
    sums.fill(HALF);
    let k = 0;
    for (; k + 4 <= n; k += 4) {
      const w0 = weights[base + k]!;
      const w1 = weights[base + k + 1]!;
      const w2 = weights[base + k + 2]!;
      const w3 = weights[base + k + 3]!;
      for (let i = 0; i < stride; i++) {
        const from = at + i;
        sums[i] =
          (sums[i]! +
            Math.imul(data[from]!, w0) +
            Math.imul(data[from + stride]!, w1) +
            Math.imul(data[from + 2 * stride]!, w2) +
            Math.imul(data[from + 3 * stride]!, w3)) |
          0;
      }
      at += 4 * stride;
    }
    for (; k < n; k++) {
      const weight = weights[base + k]!;
      for (let i = 0; i < stride; i++) sums[i] = (sums[i]! + Math.imul(data[at + i]!, weight)) | 0;
      at += stride;
    }
    const to = y * stride;
    for (let i = 0; i < stride; i++) out[to + i] = sums[i]! >> PRECISION_BITS;
  }
  return new Uint8Array(out.buffer);
}

function cutRows(image: RgbImage, window: Window, fromRow: number, rows: number): Uint8Array {
  const out = new Uint8Array(rows * window.width * 3);
  for (let y = 0; y < rows; y++) {
    const start = ((fromRow + y) * image.width + window.left) * 3;
    out.set(image.data.subarray(start, start + window.width * 3), y * window.width * 3);
  }
  return out;
}

/**
 * The given window of `image` resized to width x height, as Pillow's resize followed by crop.
 * @throws RangeError when the size is not positive or the window reaches out of the resized image.
 */
export function resizeWindow(
  image: RgbImage,
  width: number,
  height: number,
  window: Window,
  filter: ResizeFilter = "bicubic",
): RgbImage {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new RangeError(`cannot resize to ${width} x ${height}: both must be positive integers`);
  }
  if (
    window.left < 0 ||
    window.top < 0 ||
    window.left + window.width > width ||
    window.top + window.height > height
  ) {
    throw new RangeError(
      `the window ${window.width} x ${window.height} at (${window.left}, ${window.top}) reaches out of ${width} x ${height}`,
    );
  }
  // As in Pillow, an axis that keeps its size is copied, not filtered.
  const vertical = height === image.height ? undefined : coefficients(image.height, height, filter);
  const last = window.top + window.height - 1;
  const fromRow = vertical ? vertical.first[window.top]! : window.top;
  const toRow = vertical ? vertical.first[last]! + vertical.count[last]! : window.top + window.height;
  const rows = toRow - fromRow;

  const across =
    width === image.width
      ? cutRows(image, window, fromRow, rows)
      : horizontalPass(image, coefficients(image.width, width, filter), window, fromRow, rows);
  const down = vertical ? verticalPass(across, vertical, window, fromRow) : across;
  return rgbImage(window.width, window.height, down);
}

/** The whole of `image` resized, as Pillow's `resize((width, height), BICUBIC)`. */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  return resizeWindow(image, width, height, { left: 0, top: 0, width, height });
}
