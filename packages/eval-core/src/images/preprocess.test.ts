import { readFile } from "node:fs/promises";
import { describe, expect, it, test } from "vitest";
import { readNpy } from "../tensor/index.ts";
import { decodeRgb } from "./decode.ts";
import { rgbImage } from "./image.ts";
import {
  centreCrop,
  centreOffset,
  PREPROCESSINGS,
  preprocess,
  preprocessingNamed,
  resizedSize,
  shorterSide,
} from "./preprocess.ts";
import { resizeBicubic } from "./resize.ts";

const GOLDEN = new URL("../../golden/preprocess/", import.meta.url);

interface Golden {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly resized: readonly [number, number];
  readonly crop_left: number;
  readonly crop_top: number;
}

const { images } = JSON.parse(await readFile(new URL("expected.json", GOLDEN), "utf8")) as {
  images: readonly Golden[];
};

async function golden(name: string) {
  return readNpy(new URL(name, GOLDEN).pathname).data as Uint8Array;
}

/** The largest and the mean difference in 8-bit levels. */
function differences(actual: Uint8Array, expected: Uint8Array) {
  expect(actual.length).toBe(expected.length);
  let largest = 0;
  let sum = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    largest = Math.max(largest, difference);
    sum += difference;
  }
  return { largest, mean: sum / expected.length };
}

describe("Pillow's pipeline, held to what Pillow 9.4 answered", () => {
  test.each(images)("$file", async ({ file, width, height, resized, crop_left, crop_top }) => {
    const image = await decodeRgb(new URL(file, GOLDEN).pathname);
    expect([image.width, image.height]).toEqual([width, height]);
    const recipe = PREPROCESSINGS["imagenet-shorter-224"];
    const size = resizedSize(width, height, recipe);
    expect([size.width, size.height]).toEqual(resized);
    expect([centreOffset(size.width, 224), centreOffset(size.height, 224)]).toEqual([crop_left, crop_top]);
    // JPEG decoders may differ by the rounding of their inverse transform; everything after that is exact.
    const jpeg = file.endsWith(".jpg");
    const { largest, mean } = differences(preprocess(image, recipe), await golden(`${file}.expected.npy`));
    expect(largest).toBeLessThanOrEqual(jpeg ? 3 : 0);
    expect(mean).toBeLessThanOrEqual(jpeg ? 0.5 : 0);
  });

  test.each(images.filter(({ file }) => file.endsWith(".jpg")))("$file as decoded", async ({ file }) => {
    const image = await decodeRgb(new URL(file, GOLDEN).pathname);
    const { largest, mean } = differences(image.data, await golden(`${file}.decoded.npy`));
    expect(largest).toBeLessThanOrEqual(3);
    expect(mean).toBeLessThanOrEqual(0.5);
  });
});

describe("recipes", () => {
  const image = rgbImage(
    7,
    5,
    Uint8Array.from({ length: 105 }, (_, i) => (i * 37) % 256),
  );

  it("takes the same pixels as resizing the whole and then cropping", () => {
    const { width, height } = resizedSize(7, 5, shorterSide(16));
    expect([width, height]).toEqual([22, 16]);
    expect(preprocess(image, shorterSide(16))).toEqual(
      centreCrop(resizeBicubic(image, width, height), 16).data,
    );
  });

  it("resizes to a square without keeping the aspect", () => {
    expect(resizedSize(500, 375, PREPROCESSINGS["square-257-crop-224"])).toEqual({ width: 257, height: 257 });
  });

  it("rounds a half offset to even, as Python", () => {
    expect([225, 227, 229].map((size) => centreOffset(size, 224))).toEqual([0, 2, 2]);
  });

  it("knows any size by name, and lists the names", () => {
    expect(preprocessingNamed("shorter-32")).toEqual(shorterSide(32));
    expect(() => preprocessingNamed("shorter-0")).toThrow(/imagenet-shorter-224, square-257-crop-224/);
  });

  it("refuses a crop larger than the image", () => {
    expect(() => centreCrop(image, 6)).toThrow("cannot crop 6 x 6 out of an image of 7 x 5");
  });
});
