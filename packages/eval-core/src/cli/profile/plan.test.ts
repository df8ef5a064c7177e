/** What a profile runs within a budget: in its order, the extraction counted once, what is left out named. */
import { expect, it } from "vitest";
import { type Plan, planTable } from "../evaluate/dry-run.ts";
import type { Target } from "../evaluate/request.ts";
import { budgetSeconds, chooseWithin, PROFILE, profileBoards, profileTargets } from "./plan.ts";

const targets = profileTargets(["digits"]).map((target): Target => ({ ...target, readout: "pooled" }));

/** Ten images a second, a hundred to extract, five seconds an evaluation. */
const plan: Plan = {
  targets: targets.map(({ setting, dataset }) => ({
    dataset,
    setting: setting.name,
    state: "to do",
    toExtract: 100,
    seconds: 5,
  })),
  refusals: [],
  imagesPerSecond: 10,
  device: "cpu",
  extractionSeconds: 0,
  trainingSeconds: 0,
  seconds: 0,
};

it("the cheapest and most telling come first", () => {
  expect(targets[0]!.setting.name).toBe("knn");
  const order = targets.map(({ setting }) => PROFILE.indexOf(setting.name));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

it("names the boards of whole profiles", () => {
  expect(profileBoards(["digits", "ade-shapes"])).toEqual(["profile-digits", "profile-scenes"]);
  expect(profileBoards(["pets"])).toEqual([]);
});

it("extraction counts with the first evaluation alone", () => {
  const { targets: chosen, leftOut, plan: own } = chooseWithin(targets, plan, 22);
  expect(chosen).toHaveLength(2);
  expect(own).toMatchObject({ extractionSeconds: 10, trainingSeconds: 0, seconds: 20 });
  expect(own.targets.map(({ toExtract }) => toExtract)).toEqual(targets.map((_, i) => (i === 0 ? 100 : 0)));
  expect(leftOut).toHaveLength(targets.length - 2);
  expect(leftOut.every(({ seconds }) => seconds === 5)).toBe(true);
});

it("what is left out is in the plan, with its reason and in no sum", () => {
  const { plan: own } = chooseWithin(targets, plan, 1);
  expect(own).toMatchObject({ extractionSeconds: 0, seconds: 0 });
  const table = planTable(own);
  expect(table).toMatch(/^knn +digits +left out .*beyond the budget$/m);
  // Nothing is to be done, and so nothing is said of how long.
  expect(table).not.toContain("Extraction:");
  expect(table).not.toContain("All of it:");
});

it("passes of the network in training count too", () => {
  const trained = { ...plan, targets: plan.targets.map((one) => ({ ...one, toTrain: 20 })) };
  const { targets: chosen, plan: own } = chooseWithin(targets, trained, 22);
  // 10 s of extraction, 6 s of three passes of 20 images, 5 s besides.
  expect(chosen).toHaveLength(1);
  expect(own).toMatchObject({ trainingSeconds: 6, seconds: 21 });
});

it("without a budget nothing is left out; with too little, everything", () => {
  expect(chooseWithin(targets, plan, undefined).leftOut).toEqual([]);
  expect(chooseWithin(targets, plan, 1).targets).toEqual([]);
});

it("reads times, and refuses what is none", () => {
  expect(["30m", "90s", "1h30m", "0.5h"].map(budgetSeconds)).toEqual([1800, 90, 5400, 1800]);
  for (const text of ["", "30", "m", "-5m", "0s"])
    expect(() => budgetSeconds(text)).toThrow("--budget must be a time");
});
