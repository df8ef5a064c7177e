/** Tables fit the terminal, lose no letter, and stay one line a row in a pipe. */
import { describe, expect, it } from "vitest";
import { table, wrap } from "./table.ts";

const columns = [{ header: "measure" }, { header: "value", align: "right" as const }, { header: "why" }];
const rows = [
  [
    "many-shot-linear/aircraft/mean-per-class-accuracy",
    "54.49",
    "no value in this measure, so it is not ranked",
  ],
  ["a/b/c", "1", ""],
];

describe("a table", () => {
  it("in a pipe has a line a row, whatever its length", () => {
    expect(table(columns, rows, undefined).split("\n")).toHaveLength(4);
  });

  it("is never wider than the terminal, and keeps every word", () => {
    for (let width = 40; width <= 120; width++) {
      const shown = table(columns, rows, width);
      for (const line of shown.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
      expect(shown.replace(/\s/g, "")).toContain("54.49");
    }
    expect(table(columns, rows, 60)).toMatchInlineSnapshot(`
      "measure                    value  why
      ─────────────────────────  ─────  ───
      many-shot-linear/          54.49  no value in this measure,
      aircraft/mean-per-class-          so it is not ranked
      accuracy
      a/b/c                          1"
    `);
  });

  it("that cannot fit keeps its numbers whole", () => {
    expect(table([{ header: "n", align: "right" }], [["1234567890"]], 4)).toContain("1234567890");
  });
});

describe("wrap", () => {
  it("breaks at spaces, then after slashes and hyphens, then anywhere", () => {
    expect(wrap("one two three", 8)).toEqual(["one two", "three"]);
    expect(wrap("see many-shot-linear/dtd", 12)).toEqual(["see many-", "shot-linear/", "dtd"]);
    expect(wrap("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
  });

  it("loses nothing", () => {
    const text = "no value in many-shot-linear/aircraft/mean-per-class-accuracy and 3 others";
    for (let width = 5; width < 80; width++)
      expect(wrap(text, width).join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
  });
});
