import { describe, expect, it } from "vitest";
import {
  bfloat16ToFloat32,
  decodeBfloat16,
  decodeFloat16,
  encodeBfloat16,
  encodeFloat16,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
  toFloat32,
} from "./half.ts";
import { tensor } from "./tensor.ts";

const patterns = Uint16Array.from({ length: 65_536 }, (_, i) => i);
const formats = [
  { name: "float16", decode: decodeFloat16, encode: encodeFloat16, infinity: 0x7c00 },
  { name: "bfloat16", decode: decodeBfloat16, encode: encodeBfloat16, infinity: 0x7f80 },
];

describe.each(formats)("$name", ({ decode, encode, infinity }) => {
  const values = decode(patterns);

  it("comes back from float32 bit for bit, for every pattern that is not NaN", () => {
    const back = encode(values);
    const wrong = patterns.filter((p) => !Number.isNaN(values[p]!) && back[p] !== p);
    expect([...wrong]).toEqual([]);
  });

  it("is NaN exactly above infinity's pattern, and NaN stays NaN", () => {
    for (const p of patterns) expect(Number.isNaN(values[p]!)).toBe((p & 0x7fff) > infinity);
    expect(decode(encode([Number.NaN]))[0]).toBeNaN();
  });

  it("rounds to the nearest, ties to even, between every two neighbours", () => {
    for (let low = 0; low + 1 < infinity; low++) {
      const a = values[low]!;
      const b = values[low + 1]!;
      const middle = a + (b - a) / 2;
      expect(encode([middle])[0]).toBe(low % 2 === 0 ? low : low + 1);
      expect(encode([-middle])[0]).toBe((low % 2 === 0 ? low : low + 1) | 0x8000);
      // A quarter of the gap away from the middle, where float32 can tell it apart from both ends.
      const quarter = Math.fround(a + (b - a) / 4);
      if (quarter > a && quarter < middle) expect(encode([quarter])[0]).toBe(low);
      const threeQuarters = Math.fround(a + ((b - a) / 4) * 3);
      if (threeQuarters > middle && threeQuarters < b) expect(encode([threeQuarters])[0]).toBe(low + 1);
    }
  });

  it("overflows to infinity", () => {
    expect(encode([Number.POSITIVE_INFINITY])[0]).toBe(infinity);
    expect(encode([-3.4028234663852886e38])[0]).toBe(infinity | 0x8000);
  });
});

it("knows the named values of float16", () => {
  expect(float16ToFloat32(0x3c00)).toBe(1);
  expect(float16ToFloat32(0x7bff)).toBe(65_504);
  expect(float16ToFloat32(0x0001)).toBe(2 ** -24);
  expect(Object.is(float16ToFloat32(0x8000), -0)).toBe(true);
  expect(float32ToFloat16(65_519.99)).toBe(0x7bff);
  expect(float32ToFloat16(65_520)).toBe(0x7c00);
  expect(float32ToFloat16(2 ** -25)).toBe(0);
  expect(float32ToFloat16(2 ** -25 * 1.0001)).toBe(1);
  expect(float32ToFloat16(2 ** -26)).toBe(0);
});

it("knows the named values of bfloat16", () => {
  expect(bfloat16ToFloat32(0x3f80)).toBe(1);
  expect(float32ToBfloat16(-1)).toBe(0xbf80);
  expect(float32ToBfloat16(1 + 2 ** -8)).toBe(0x3f80);
  expect(float32ToBfloat16(1 + 3 * 2 ** -8)).toBe(0x3f82);
});

describe("toFloat32", () => {
  it("hands back float32 itself and converts the rest", () => {
    const own = tensor("float32", [2], Float32Array.of(1, 2));
    expect(toFloat32(own)).toBe(own);
    expect(toFloat32(tensor("float16", [1], Uint16Array.of(0x3c00))).data[0]).toBe(1);
    expect(toFloat32(tensor("uint8", [2], Uint8Array.of(3, 4)))).toEqual(
      tensor("float32", [2], Float32Array.of(3, 4)),
    );
  });

  it("refuses what it would round silently", () => {
    expect(() => toFloat32(tensor("int64", [1], BigInt64Array.of(1n)))).toThrow(/int64/);
  });
});
