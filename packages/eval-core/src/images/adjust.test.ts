/** Changes of images against what Pillow 9.4 and torchvision 0.14 make of nine colours (golden/adjust, with its program). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  flipVertically,
  gaussianBlur,
  greyscale,
  rotate,
} from "./adjust.ts";
import { type RgbImage, rgbImage } from "./image.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../golden/adjust/expected.json", import.meta.url), "utf8"),
) as Record<string, number[]>;
const image = rgbImage(3, 3, Uint8Array.from(golden.input!));
const numbers = ({ data }: RgbImage) => [...data];

const changes = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
};
const cases = Object.keys(golden)
  .filter((name) => name.includes(" "))
  .map((name) => [name, ...name.split(" ")] as [string, keyof typeof changes, string]);

describe("changes of colour", () => {
  it.each(cases)("%s has Pillow's levels", (name, change, value) => {
    expect(numbers(changes[change](image, Number(value)))).toEqual(golden[name]);
  });
  it("makes Pillow's grey", () => expect(numbers(greyscale(image))).toEqual(golden.grey));
  it("leaves an image alone at a factor of 1 and a shift of 0, but for the rounding of hues", () => {
    for (const change of [adjustBrightness, adjustContrast, adjustSaturation])
      expect(numbers(change(image, 1))).toEqual(golden.input);
    numbers(adjustHue(image, 0)).forEach((level, i) => {
      expect(Math.abs(level - golden.input![i]!)).toBeLessThanOrEqual(6);
    });
  });
});

describe("changes of place", () => {
  it.each([90, 30])("turns by %i degrees as torchvision", (degrees) => {
    expect(numbers(rotate(image, degrees))).toEqual(golden[`rotate${degrees}`]);
  });
  it("turns all the way round to itself, and twice upside down too", () => {
    expect(numbers(rotate(image, 0))).toEqual(golden.input);
    expect(numbers(flipVertically(flipVertically(image)))).toEqual(golden.input);
    expect(numbers(flipVertically(image)).slice(0, 9)).toEqual(golden.input!.slice(18));
  });
  it("blurs as torchvision, to a level", () => {
    numbers(gaussianBlur(image, 3, 0.8)).forEach((level, i) => {
      expect(Math.abs(level - golden.blur![i]!)).toBeLessThanOrEqual(1);
    });
    expect(numbers(gaussianBlur(image, 23, 1e-5))).toEqual(golden.input);
  });
});
