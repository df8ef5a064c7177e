import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../tensor/index.ts";
import { cut, flipHorizontally, RANDOM_RESIZED_CROP, randomPart, randomResizedCrop } from "./augment.ts";
import { rgbImage } from "./image.ts";

const ramp = (width: number, height: number) =>
  rgbImage(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7) % 256),
  );

describe("the random part", () => {
  const size = fc.integer({ min: 1, max: 600 });

  it("lies inside, whatever the image", () => {
    fc.assert(
      fc.property(size, size, fc.nat(), (width, height, seed) => {
        const part = randomPart(width, height, RANDOM_RESIZED_CROP, new SeededRandom(seed));
        expect(part.width).toBeGreaterThan(0);
        expect(part.height).toBeGreaterThan(0);
        expect(part.left).toBeGreaterThanOrEqual(0);
        expect(part.top).toBeGreaterThanOrEqual(0);
        expect(part.left + part.width).toBeLessThanOrEqual(width);
        expect(part.top + part.height).toBeLessThanOrEqual(height);
      }),
    );
  });

  it("has areas and aspects spread over their ranges", () => {
    const random = new SeededRandom(1);
    const parts = Array.from({ length: 4000 }, () => randomPart(500, 500, RANDOM_RESIZED_CROP, random));
    const areas = parts.map(({ width, height }) => (width * height) / 250_000);
    const aspects = parts.map(({ width, height }) => Math.log(width / height));
    // The rounding of sides moves an area or an aspect by less than a hundredth.
    expect(Math.min(...areas)).toBeGreaterThan(0.07);
    expect(Math.max(...areas)).toBeLessThanOrEqual(1);
    expect(Math.max(...aspects.map(Math.abs))).toBeLessThan(Math.log(4 / 3) + 0.01);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // Large parts fit less often, so the mean area lies below the middle of 0.08 to 1.
    expect(mean(areas)).toBeGreaterThan(0.45);
    expect(mean(areas)).toBeLessThan(0.54);
    expect(Math.abs(mean(aspects))).toBeLessThan(0.01);
  });

  it("falls back to the largest central part of an allowed aspect", () => {
    const options = { ...RANDOM_RESIZED_CROP, scale: [1, 1] as const };
    const part = (width: number, height: number) => randomPart(width, height, options, new SeededRandom(0));
    expect(part(1000, 10)).toEqual({ left: 493, top: 0, width: 13, height: 10 });
    expect(part(10, 1000)).toEqual({ left: 0, top: 493, width: 10, height: 13 });
  });
});

describe("the crop", () => {
  it("repeats with its seed and changes without", () => {
    const image = ramp(60, 40);
    const draw = (seed: number) =>
      randomResizedCrop(image, { ...RANDOM_RESIZED_CROP, crop: 16 }, new SeededRandom(seed));
    expect(draw(3)).toHaveLength(16 * 16 * 3);
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it("is mirrored about every other time, and the generator moves on the same", () => {
    const image = ramp(30, 30);
    const options = { crop: 8, scale: [1, 1] as const, ratio: [1, 1] as const, flip: true };
    const random = new SeededRandom(9);
    const plain = randomResizedCrop(image, { ...options, flip: false }, new SeededRandom(0));
    const same = Array.from({ length: 400 }, () => randomResizedCrop(image, options, random)).filter(
      (crop) => Buffer.compare(crop, plain) === 0,
    );
    expect(same.length).toBeGreaterThan(150);
    expect(same.length).toBeLessThan(250);
  });

  it("mirrors and cuts", () => {
    const image = rgbImage(2, 1, Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect(flipHorizontally(image).data).toEqual(Uint8Array.of(4, 5, 6, 1, 2, 3));
    expect(flipHorizontally(flipHorizontally(ramp(5, 4)))).toEqual(ramp(5, 4));
    expect(cut(image, { left: 1, top: 0, width: 1, height: 1 }).data).toEqual(Uint8Array.of(4, 5, 6));
  });
});
