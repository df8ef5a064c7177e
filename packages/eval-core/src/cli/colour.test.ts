import { expect, it } from "vitest";
import { colours, isColoured } from "./colour.ts";

it("colours a terminal alone, and NO_COLOR switches it off", () => {
  expect(isColoured({ isTTY: true }, {})).toBe(true);
  expect(isColoured({}, {})).toBe(false);
  expect(isColoured({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
  expect(isColoured({ isTTY: true }, { NO_COLOR: "" })).toBe(true);
  expect(isColoured({ isTTY: true }, { TERM: "dumb" })).toBe(false);
  expect(isColoured({}, { FORCE_COLOR: "1" })).toBe(true);
});

it("leaves the text as it is where there is no colour", () => {
  expect(colours({}, {}).red("no")).toBe("no");
  expect(colours({ isTTY: true }, {}).red("no")).toBe("\x1b[31mno\x1b[39m");
});
