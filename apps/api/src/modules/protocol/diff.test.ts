import { expect, it } from "vitest";
import { differences } from "./diff.ts";

it("names each field that differs, absent ones too, by its pointer", () => {
  const left = { solver: { name: "lbfgs", steps: 100 }, grid: [1, 2], "a/b": 1 };
  const right = { solver: { name: "lbfgs", steps: 200 }, grid: [1, 2, 3], seed: 0, "a/b": 2 };
  expect(differences(left, right)).toEqual([
    { path: "/a~1b", left: 1, right: 2 },
    { path: "/grid/2", left: undefined, right: 3 },
    { path: "/seed", left: undefined, right: 0 },
    { path: "/solver/steps", left: 100, right: 200 },
  ]);
});

it("finds nothing between equals", () => {
  expect(differences({ a: [{ b: null }] }, { a: [{ b: null }] })).toEqual([]);
});
