import { describe, expect, it } from "vitest";
import type { Checkpoint } from "../../backbones/index.ts";
import { settingNamed } from "../../evaluations/settings.ts";
import { shorterSide } from "../../images/index.ts";
import { duration } from "../terminal.ts";
import { calibrationAverage } from "./calibration-average.ts";
import { resultTable, standingOf } from "./report.ts";
import type { EvaluateRequest } from "./request.ts";
import type { Outcome } from "./run.ts";
import { suiteNamed } from "./suites.ts";

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

describe("calibrationAverage", () => {
  const request: EvaluateRequest = {
    checkpoint: { sha256: "0" } as Checkpoint,
    method: { slug: "m" },
    suite: "many-shot-linear",
    targets: [{ setting: settingNamed("many-shot-linear", "converged"), dataset: "aircraft" }],
    data: undefined,
    allowPartial: false,
    preprocessing: shorterSide(224),
    device: "cpu",
    threads: undefined,
    cacheFolder: "",
    seed: 0,
    skipUnreadable: false,
    again: false,
  };
  const outcomes = suiteNamed("many-shot-linear").datasets.map(
    (dataset, i): Outcome => ({
      target: { dataset, setting: settingNamed("many-shot-linear", "converged") },
      title: dataset,
      state: "recorded",
      identity: `identity ${i}`,
      manifest: `manifest ${i}`,
      values: ["ece", "ece-scaled"].map((metric, j) => ({
        measure: `calibration-linear/${dataset}/${metric}`,
        value: i + 100 * j,
        interval: null,
        n: 5,
      })),
    }),
  );

  it("is the mean over the ten datasets with one label an image", () => {
    const values = calibrationAverage(request, outcomes)?.values;
    expect(outcomes).toHaveLength(11);
    // VOC2007 is the last of the eleven: 0 to 9 are left.
    expect(values?.map(({ measure, value }) => [measure, value])).toEqual([
      ["calibration-linear/kornblith/ece", 4.5],
      ["calibration-linear/kornblith/ece-scaled", 104.5],
    ]);
  });

  it("is not there while one dataset is missing, nor for another suite", () => {
    expect(calibrationAverage(request, outcomes.slice(1))).toBeUndefined();
    expect(calibrationAverage({ ...request, suite: "demo" }, outcomes)).toBeUndefined();
  });
});

it.each([
  [0.04, "0.0 s"],
  [9.96, "10.0 s"],
  [59.6, "1 min 0 s"],
  [75, "1 min 15 s"],
  [3725, "1 h 2 min"],
])("duration(%d) is %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
