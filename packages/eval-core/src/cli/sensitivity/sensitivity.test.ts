/** What sensitivity tries, and what its runs say. */
import { expect, it } from "vitest";
import type { EvaluateOptions } from "../evaluate/request.ts";
import { bandsOf } from "./bands.ts";
import { variationsOf } from "./variations.ts";

const base: EvaluateOptions = {
  checkpoint: "mine.pth",
  method: "mine",
  protocol: "many-shot-linear",
  given: {},
  seed: "0",
  device: "cpu",
  record: true,
};

it("changes one option at a time, common ones and the evaluation's own", () => {
  const all = variationsOf(base, ["seed=1,2", "mode=paper-exact", "readout=cls"]);
  expect(all.map(({ field, value }) => `${field}=${value}`)).toEqual([
    "seed=1",
    "seed=2",
    "mode=paper-exact",
    "readout=cls",
  ]);
  expect(all.map(({ options }) => options)).toEqual([
    { ...base, seed: "1" },
    { ...base, seed: "2" },
    { ...base, given: { mode: "paper-exact" } },
    { ...base, readout: "cls" },
  ]);
});

it.each([
  ["sede=1", /'sede' is no option of an evaluation: known are readout, preprocessing, .*seed/],
  ["seed", /must be written seed=VALUE/],
  ["seed=1,", /must be written seed=VALUE/],
  ["seed=1,1", /names seed=1 twice/],
])("refuses %s in one sentence", (text, sentence) => {
  expect(() => variationsOf(base, [text])).toThrow(sentence);
});

it("bands a field from the least to the largest, the unchanged among them", () => {
  const value = (measured: number) => [{ measure: "a/b/accuracy", value: measured, interval: null, n: 10 }];
  const { rows, bands } = bandsOf(value(50), [
    { field: "seed", value: "1", measured: value(52) },
    { field: "seed", value: "2", measured: value(49) },
    { field: "mode", value: "x", measured: value(55) },
    { field: "mode", value: "y", measured: [] },
  ]);
  expect(rows.map(({ change }) => change)).toEqual([2, -1, 5]);
  expect(bands).toEqual([
    { measure: "a/b/accuracy", field: "seed", lower: 49, upper: 52, tried: 3 },
    { measure: "a/b/accuracy", field: "mode", lower: 50, upper: 55, tried: 2 },
  ]);
});
