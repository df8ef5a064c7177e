import { describe, expect, it } from "vitest";
import { duration } from "../terminal.ts";
import { resultTable, standingOf } from "./report.ts";

describe("standingOf", () => {
  const published = new Map([
    ["supervised", 70],
    ["swav", 90],
    ["pirl", 50],
  ]);

  it("ranks among the published, ties sharing the better rank", () => {
    const measure = "many-shot-linear/dtd/accuracy";
    expect(standingOf(measure, 80, published)).toEqual({ rank: 2, of: 3, toBest: -10, toSupervised: 10 });
    expect(standingOf(measure, 90, published)?.rank).toBe(1);
    expect(standingOf(measure, 10, published)?.rank).toBe(4);
  });

  it("takes errors the other way round", () => {
    expect(standingOf("calibration-linear/kornblith/ece", 60, published)).toEqual({
      rank: 2,
      of: 3,
      toBest: 10,
      toSupervised: -10,
    });
  });

  it("says nothing where nothing is published, or no Supervised is", () => {
    expect(standingOf("many-shot-linear/digits/accuracy", 1, new Map())).toBeUndefined();
    expect(standingOf("a/b/accuracy", 1, new Map([["swav", 2]]))?.toSupervised).toBeNull();
  });
});

it("the table leaves out the columns that no row fills", () => {
  const row = { measure: "a/b/accuracy", value: 12.345, interval: null, n: 7, standing: undefined };
  expect(resultTable([row]).split("\n")).toEqual([
    "measure       value  95% interval  n",
    "────────────  ─────  ────────────  ─",
    "a/b/accuracy  12.35                7",
  ]);
});

it.each([
  [0.04, "0.0 s"],
  [9.96, "10.0 s"],
  [59.6, "1 min 0 s"],
  [75, "1 min 15 s"],
  [3725, "1 h 2 min"],
  [1_100_000, "12 days 17 h"],
])("duration(%d) is %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
