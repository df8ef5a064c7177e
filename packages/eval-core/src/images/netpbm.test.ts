/** Netpbm files against Pillow (generate.py), and damaged ones. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeRgb } from "./decode.ts";
import { ImageError } from "./image.ts";

const golden: Record<string, { bytes: string; rgb: number[] }> = JSON.parse(
  readFileSync(new URL("../../golden/decode-netpbm/netpbm.json", import.meta.url), "utf8"),
);
const bytesOf = (name: string) => new Uint8Array(Buffer.from(golden[name]!.bytes, "base64"));

describe("as Pillow reads it", () => {
  it.each(Object.keys(golden))("%s", async (name) => {
    const { width, height, data } = await decodeRgb(bytesOf(name), name);
    expect([width, height, Array.from(data)]).toEqual([5, 3, golden[name]!.rgb]);
  });
});

describe("refused in one sentence", () => {
  it.each([
    ["cut off", bytesOf("P6 255").subarray(0, 40), /ends before its last pixel/],
    [
      "cut off in plain numbers",
      bytesOf("P3 255").subarray(0, 40),
      /ends before last pixel|ends before its last/,
    ],
    ["a maximum of nothing", new TextEncoder().encode("P5 2 2 0 aaaa"), /maximum of 0/],
    ["a width that is no number", new TextEncoder().encode("P5 x 2 255 aaaa"), /its width is not a number/],
    ["petapixels", new TextEncoder().encode("P5 999999 999999 255 a"), /cannot be read/],
  ])("%s", async (_, bytes, message) => {
    const error = await decodeRgb(bytes, "a.ppm").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ImageError);
    expect(String(error)).toMatch(message);
  });
});
