/** How progress reads on terminals of any width. */
import { describe, expect, it } from "vitest";
import { barLine, duration } from "./terminal.ts";

describe("a bar's line", () => {
  const note = "47.4 images/s, 1 min 15 s left";

  it("has bar, count and note where there is room", () => {
    expect(barLine("Digits: features", 50, 200, note, 120)).toBe(
      `Digits: features  ${"█".repeat(6)}${"░".repeat(18)}  50/200  ${note}`,
    );
  });

  it("never is longer than the terminal", () => {
    for (let columns = 1; columns < 130; columns++) {
      expect(barLine("Digits: features", 50, 200, note, columns).length).toBeLessThanOrEqual(columns);
    }
  });

  it("gives up the bar before the note", () => {
    expect(barLine("Digits: features", 50, 200, note, 59)).toBe(`Digits: features  50/200  ${note}`);
    expect(barLine("Digits: features", 50, 200, note, 40)).toBe("Digits: features  50/200  47.4 images/s…");
  });
});

it("durations", () => {
  expect([0.04, 9.96, 59, 75, 3600, 90_061].map(duration)).toEqual([
    "0.0 s",
    "10.0 s",
    "59 s",
    "1 min 15 s",
    "1 h 0 min",
    "25 h 1 min",
  ]);
});
