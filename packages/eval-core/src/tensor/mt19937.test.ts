import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { NumpyRandomState } from "./mt19937.ts";
import { bytesOf } from "./typed-array.ts";

// The expected values are what NumPy's numpy.random.RandomState(seed) answers.

it("draws the reference generator's integers", () => {
  const random = new NumpyRandomState(5489);
  expect([random.uint32(), random.uint32(), random.uint32()]).toEqual([
    3_499_211_612, 581_869_302, 3_890_346_734,
  ]);
  const long = new NumpyRandomState(12_345);
  const draws = Array.from({ length: 700 }, () => long.uint32());
  expect([0, 1, 623, 624, 699].map((i) => draws[i])).toEqual([
    3_992_670_690, 3_823_185_381, 2_940_097_750, 3_957_348_375, 2_783_036_080,
  ]);
});

it("draws random_sample", () => {
  const random = new NumpyRandomState(0);
  expect([random.uniform(), random.uniform(), random.uniform(), random.uniform()]).toEqual([
    0.5488135039273248, 0.7151893663724195, 0.6027633760716439, 0.5448831829968969,
  ]);
});

it("permutes as numpy.random.RandomState(seed).permutation", () => {
  expect([...new NumpyRandomState(0).permutation(20)]).toEqual([
    18, 1, 19, 8, 10, 17, 6, 13, 4, 2, 5, 14, 9, 7, 16, 11, 3, 0, 15, 12,
  ]);
  expect([...new NumpyRandomState(4_294_967_295).permutation(7)]).toEqual([1, 5, 0, 6, 4, 2, 3]);
  const long = new NumpyRandomState(0).permutation(10_000);
  expect([...long.subarray(0, 4)]).toEqual([9394, 898, 2398, 5906]);
  expect(createHash("sha256").update(bytesOf(long)).digest("hex")).toBe(
    "05bb2c8538d9a5f09d974f8ba25ccafb13b861b5691fde85c31a3e0098f762db",
  );
});

it.each([-1, 2 ** 32, 0.5])("refuses the seed %s", (seed) => {
  expect(() => new NumpyRandomState(seed)).toThrow(RangeError);
});
