/** Python's own answers, by name: '%.1f' % 12.25 and the like. */
import { expect, it } from "vitest";
import { formatFixed } from "./python-rounding.ts";

it.each([
  [12.25, 1, "12.2"],
  [12.75, 1, "12.8"],
  [12.35, 1, "12.3"],
  [0.25, 1, "0.2"],
  [-12.25, 1, "-12.2"],
  [9.95, 1, "9.9"],
  [99.75, 1, "99.8"],
  [0.0625, 3, "0.062"],
  [0.1875, 3, "0.188"],
  [0.5, 0, "0"],
  [1.5, 0, "2"],
  [2.5, 0, "2"],
  [100, 1, "100.0"],
])("%f with %i decimals is %s", (value, decimals, text) => {
  expect(formatFixed(value, decimals)).toBe(text);
});
