import { expect, it } from "vitest";
import { editDistance, nearest } from "./nearest.ts";

it.each([
  ["", "", 0],
  ["abc", "abc", 0],
  ["abc", "acb", 1],
  ["kitten", "sitting", 3],
  ["", "abc", 3],
])("%j and %j are %i apart", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

it("stops counting at its limit", () => {
  expect(editDistance("aaaaaaaa", "bbbbbbbb", 2)).toBe(3);
});

it.each([
  ["mocov2", "moco-v2"],
  ["Sup ervised", "supervised"],
  ["siwav", "swav"],
])("%j is near %j", (wanted, found) => {
  expect(nearest(wanted, ["moco-v1", "moco-v2", "supervised", "swav", "byol"])[0]).toBe(found);
});

it("finds nothing where nothing is near", () => {
  expect(nearest("resnext-101", ["swav", "byol"])).toEqual([]);
  expect(nearest("///", ["swav"])).toEqual([]);
});
