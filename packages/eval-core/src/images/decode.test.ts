/** Decoding to RGB: the formats and colour modes beside what Pillow answered, and every way of being damaged. */
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it, test } from "vitest";
import { readNpy } from "../tensor/index.ts";
import { decodeRgb } from "./decode.ts";
import { ImageError } from "./image.ts";

const GOLDEN = new URL("../../golden/decode/", import.meta.url);
const files = (await readdir(GOLDEN)).filter((name) => !/\.(npy|py)$/.test(name));
const read = async (name: string) => new Uint8Array(await readFile(new URL(name, GOLDEN)));

describe("as Pillow's convert('RGB')", () => {
  test.each(files)("%s", async (name) => {
    const image = await decodeRgb(new URL(name, GOLDEN).pathname);
    const expected = readNpy(new URL(`${name}.npy`, GOLDEN).pathname);
    expect([image.height, image.width, 3]).toEqual(expected.shape);
    // Lossy decoders may differ in the last rounding; everything else is exact.
    const most = /\.(jpg|webp)$|jpeg\.tif$/.test(name) ? 3 : 0;
    let largest = 0;
    for (const [i, level] of image.data.entries()) {
      largest = Math.max(largest, Math.abs(level - (expected.data[i] as number)));
    }
    expect(largest).toBeLessThanOrEqual(most);
  });
});

describe("damage", () => {
  // (The second frame of animated.gif is never read: a cut may leave the first one whole.)
  it.each(files.filter((name) => name !== "animated.gif"))(
    "%s, truncated, is refused by its name",
    async (name) => {
      const whole = await read(name);
      for (const share of [0.01, 0.3, 0.5, 0.7]) {
        const cut = whole.subarray(0, Math.floor(whole.length * share));
        await expect(decodeRgb(cut, `photos/${name}`)).rejects.toThrow(ImageError);
        await expect(decodeRgb(cut, `photos/${name}`)).rejects.toThrow(`photos/${name}: `);
      }
    },
  );

  it("stray bytes before a JPEG's end are none: libjpeg only warns of them", async () => {
    const whole = await read("rgb.jpg");
    const end = whole.length - 2;
    const stray = Buffer.concat([
      whole.subarray(0, end),
      new Uint8Array(240).fill(0x12),
      whole.subarray(end),
    ]);
    expect(await decodeRgb(stray)).toEqual(await decodeRgb(whole));
  });

  it("a scan that runs into a marker which is none", async () => {
    const bytes = await read("rgb.jpg");
    bytes.set([0xff, 0x55], bytes.length - 60);
    await expect(decodeRgb(bytes, "photo.jpg")).rejects.toThrow(
      /photo\.jpg: the JPEG is damaged: byte \d+ holds an unknown marker 0x55/,
    );
  });

  it.each([
    ["an empty file", "", "photo.jpg: the file is empty"],
    ["text", "no image at all", /^photo\.jpg: not a whole, readable image .*expected JPEG, PNG/],
    [
      "a drawing",
      '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>',
      /expected JPEG, PNG, .*found svg/,
    ],
    ["a BMP's first bytes", "BM", /photo\.jpg: the BMP header is cut off/],
    ["a GIF without an image", "GIF89a\x01\x00\x01\x00\x00\x00\x00;", /photo\.jpg: the GIF holds no image/],
  ])("%s", async (_, text, message) => {
    await expect(decodeRgb(Buffer.from(text, "latin1"), "photo.jpg")).rejects.toThrow(message);
  });

  it("a missing file and a folder", async () => {
    await expect(decodeRgb("/nowhere/photo.jpg")).rejects.toThrow("/nowhere/photo.jpg: no such file");
    await expect(decodeRgb(GOLDEN.pathname)).rejects.toThrow(/cannot be read \(EISDIR\)/);
  });
});
