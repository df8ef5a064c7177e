/** Ids by their beginning: short in tables, one or a sentence when asked for. */
import { expect, it } from "vitest";
import { oneOf, shortest, uuidOf } from "./ids.ts";
import { globalId } from "./site.ts";

const a = "01a20a3c-bee0-73fd-8b5a-83616b099d1a";
const b = "01a20a3c-cd0e-77db-b2c2-c3ca27d0aaa9";
const c = "01a20a3c-cd0e-77db-ffff-c3ca27d0aaa9";

it("tables show as much as tells ids apart", () => {
  expect(shortest([a, b])).toEqual(["01a20a3c-bee0", "01a20a3c-cd0e"]);
  expect(shortest([a, b, c])).toEqual([
    "01a20a3c-bee0-73fd-8",
    "01a20a3c-cd0e-77db-b",
    "01a20a3c-cd0e-77db-f",
  ]);
  expect(shortest([])).toEqual([]);
});

it("a beginning names one, or the sentence says why not", () => {
  const named = (given: string) => oneOf([a, b, c], given, "token", "transferboard token list");
  expect(named("01A20A3C-B")).toBe(a);
  expect(() => named("01a20a3c-c")).toThrow("2 tokens begin with '01a20a3c-c': give more of the id");
  expect(() => named("ff")).toThrow("no token begins with 'ff': 'transferboard token list' lists them");
});

it("a global id holds its UUID", () => {
  expect(uuidOf(globalId("Submission", a))).toBe(a);
});
