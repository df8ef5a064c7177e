/** The grids of the transformations: what changes nothing is the crop that copies are compared with. */
import { describe, expect, it } from "vitest";
import { type RgbImage, rgbImage } from "../../images/index.ts";
import { SeededRandom } from "../../tensor/index.ts";
import { CROP, requireShape, TRANSFORMATIONS, untransformed } from "./transformations.ts";

const random = new SeededRandom(7);
const noise = (width: number, height: number): RgbImage =>
  rgbImage(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, () => random.below(256)),
  );
const named = (name: string) => TRANSFORMATIONS.find((one) => one.name === name)!;

describe("transformations", () => {
  const image = noise(80, 60);

  it("make crops of 224, and the untransformed one where they change nothing", () => {
    const same: Readonly<Record<string, number>> = {
      grayscale: 0,
      "horizontal-flip": 0,
      "vertical-flip": 0,
      rotation: 0,
      translation: 12,
    };
    const clean = untransformed(image);
    expect([clean.width, clean.height]).toEqual([CROP, CROP]);
    for (const [name, value] of Object.entries(same)) {
      expect(named(name).values, name).toContain(value);
      expect(named(name).apply(image, value), name).toEqual(clean);
    }
    for (const { name, values, apply } of TRANSFORMATIONS) {
      const last = apply(image, values.at(-1)!);
      expect([last.width, last.height], name).toEqual([CROP, CROP]);
      expect(last, name).not.toEqual(clean);
    }
  });

  it("take a single pixel, and no line", () => {
    for (const { apply, values } of TRANSFORMATIONS)
      expect(apply(noise(1, 1), values[0]!).data).toHaveLength(CROP * CROP * 3);
    expect(() => requireShape(noise(1, 51), "line.png")).toThrow("line.png: it is 1 x 51: expected sides");
    expect(() => requireShape(noise(1, 50), "line.png")).not.toThrow();
  });
});
