import { expect, it } from "vitest";
import { isNestedWithin } from "./nesting.ts";

const nested = (depth: number): unknown => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);

it.each([
  [1, 1, true],
  [2, 1, false],
  [32, 32, true],
  [33, 32, false],
  [500_000, 32, false],
  [20_000, 20_000, true],
])("%i deep is within %i: %s", (depth, most, within) => {
  expect(isNestedWithin(nested(depth), most)).toBe(within);
});

it.each([null, undefined, 1, "text"])("%j is not nested at all", (value) => {
  expect(isNestedWithin(value, 0)).toBe(true);
});

it("looks into every branch", () => {
  expect(isNestedWithin({ a: 1, b: [{ c: [] }] }, 3)).toBe(false);
  expect(isNestedWithin({ a: 1, b: [{ c: [] }] }, 4)).toBe(true);
});
