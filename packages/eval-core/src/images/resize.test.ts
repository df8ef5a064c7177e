/** The resize: Pillow's to the bit, and beside a plain reference from its definition, one axis after the other. */
import { readdir } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { readNpy } from "../tensor/index.ts";
import { type RgbImage, rgbImage } from "./image.ts";
import { type ResizeFilter, resizeBicubic, resizeWindow } from "./resize.ts";

const GOLDEN = new URL("../../golden/resize/", import.meta.url);
const golden = (name: string) => readNpy(new URL(name, GOLDEN).pathname);
const answers = (await readdir(GOLDEN)).filter((name) => /^bi.*[.]npy$/.test(name));

describe("as Pillow 9.4, to the bit", () => {
  const { shape, data } = golden("image.npy");
  const image = rgbImage(shape[1]!, shape[0]!, data as Uint8Array);

  test.each(answers)("%s", (name) => {
    const [, filter, w, h] = /^(bicubic|bilinear)_(\d+)x(\d+)/.exec(name)!;
    const [width, height] = [Number(w), Number(h)];
    const whole = { left: 0, top: 0, width, height };
    const resized = resizeWindow(image, width, height, whole, filter as ResizeFilter);
    expect(Array.from(resized.data)).toEqual(Array.from(golden(name).data as Uint8Array));
  });
});

function cubic(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return 1.5 * t ** 3 - 2.5 * t ** 2 + 1;
  return t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0;
}

/** One line of levels to `to` levels, in floating point, rounded to 8 bits. */
function resizeLine(line: readonly number[], to: number): number[] {
  if (line.length === to) return [...line];
  const scale = line.length / to;
  const stretch = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    let sum = 0;
    let total = 0;
    line.forEach((level, j) => {
      if (Math.abs(j + 0.5 - centre) > 2 * stretch + 1) return;
      const weight = cubic((j + 0.5 - centre) / stretch);
      sum += weight * level;
      total += weight;
    });
    return Math.min(255, Math.max(0, Math.round(sum / total)));
  });
}

function reference(image: RgbImage, width: number, height: number): Uint8Array {
  const level = (x: number, y: number, c: number) => image.data[(y * image.width + x) * 3 + c]!;
  const out = new Uint8Array(width * height * 3);
  for (let c = 0; c < 3; c++) {
    const across = Array.from({ length: image.height }, (_, y) =>
      resizeLine(
        Array.from({ length: image.width }, (_, x) => level(x, y, c)),
        width,
      ),
    );
    for (let x = 0; x < width; x++) {
      const column = resizeLine(
        across.map((row) => row[x]!),
        height,
      );
      for (const [y, value] of column.entries()) out[(y * width + x) * 3 + c] = value;
    }
  }
  return out;
}

const images = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.infiniteStream(fc.nat(255)))
  .map(([width, height, levels]) => {
    const data = new Uint8Array(width * height * 3);
    for (let i = 0; i < data.length; i++) data[i] = levels.next().value as number;
    return rgbImage(width, height, data);
  });
const side = fc.integer({ min: 1, max: 40 });

it("is the definition's, up to the rounding of one level a pass", () => {
  fc.assert(
    fc.property(images, side, side, (image, width, height) => {
      const actual = resizeBicubic(image, width, height).data;
      const expected = reference(image, width, height);
      // A level that rounds the other way in the first pass moves the second by at most one more.
      for (const [i, value] of actual.entries())
        expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(2);
    }),
    { numRuns: 60 },
  );
});

it("keeps an image of the same size, and a flat one flat", () => {
  fc.assert(
    fc.property(images, side, side, fc.nat(255), (image, width, height, level) => {
      expect(resizeBicubic(image, image.width, image.height).data).toEqual(image.data);
      const flat = rgbImage(image.width, image.height, new Uint8Array(image.data.length).fill(level));
      expect(new Set(resizeBicubic(flat, width, height).data)).toEqual(new Set([level]));
    }),
    { numRuns: 40 },
  );
});

it("computes a window as it is in the whole", () => {
  const image = rgbImage(
    31,
    17,
    Uint8Array.from({ length: 31 * 17 * 3 }, (_, i) => (i * 89) % 256),
  );
  const whole = resizeBicubic(image, 20, 30);
  const part = resizeWindow(image, 20, 30, { left: 3, top: 5, width: 9, height: 11 });
  for (let y = 0; y < 11; y++) {
    const start = ((y + 5) * 20 + 3) * 3;
    expect(part.data.subarray(y * 27, (y + 1) * 27)).toEqual(whole.data.subarray(start, start + 27));
  }
});

it("refuses sizes that are none, and windows that reach out", () => {
  const image = rgbImage(2, 2, new Uint8Array(12));
  expect(() => resizeBicubic(image, 0, 4)).toThrow("cannot resize to 0 x 4: both must be positive integers");
  expect(() => resizeWindow(image, 4, 4, { left: 2, top: 0, width: 3, height: 4 })).toThrow(
    "the window 3 x 4 at (2, 0) reaches out of 4 x 4",
  );
});
