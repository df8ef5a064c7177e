import { expect, it } from "vitest";
import { openDataset } from "./open.ts";
import { trainingSplits } from "./split.ts";

it("opens the digits that ship, in the usual split", async () => {
  const digits = await openDataset("digits");
  expect(digits.splits.train).toHaveLength(1197);
  expect(digits.splits.test).toHaveLength(600);
  expect(digits.splits.val).toBeUndefined();
  expect(digits.classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  expect(digits.splits.train.slice(0, 5).map(({ label }) => label)).toEqual([0, 1, 2, 3, 4]);
  expect(digits.origin.missing).toEqual([]);
});

it("loads a digit as grey RGB, levels 0 to 16 stretched to 0 to 255", async () => {
  const { splits } = await openDataset("digits");
  const { width, height, data } = await splits.train[0]!.load();
  expect([width, height]).toEqual([8, 8]);
  // The first row of the first digit is 0 0 5 13 9 1 0 0.
  const row = Array.from({ length: 8 }, (_, x) => Array.from(data.subarray(x * 3, x * 3 + 3)));
  expect(row).toEqual(
    [0, 0, 5, 13, 9, 1, 0, 0].map((level) => Array(3).fill(Math.round((level * 255) / 16))),
  );
});

it("draws validation from train by the authors' rule", async () => {
  const digits = await openDataset("digits");
  const { train, val, trainVal, validationRule } = trainingSplits(digits);
  expect(validationRule).toBe("numpy-seed-0-20%");
  expect([train.length, val.length]).toEqual([958, 239]);
  // numpy.random.seed(0); numpy.random.permutation(1197)[:3]
  expect(val.slice(0, 3).map(({ id }) => id)).toEqual(["row-0701", "row-0622", "row-0320"]);
  expect(new Set([...train, ...val])).toEqual(new Set(trainVal));
});

it("has a manifest hash that stays the same", async () => {
  const [first, second] = await Promise.all([openDataset("digits"), openDataset("digits")]);
  const hash = await first.manifestHash();
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await second.manifestHash()).toBe(hash);
});
