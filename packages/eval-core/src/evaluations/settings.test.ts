/** What is asked for by name is either found or told apart in one sentence. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { AnyKind } from "./kind.ts";
import { wholeNumber } from "./options.ts";
import { EVALUATIONS } from "./registry.ts";
import { optionsOf, settingNamed, settingNames, targetOfMeasure } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "settings-"));
afterAll(() => rmSync(folder, { recursive: true }));
const episodes = join(folder, "episodes.json");
const given = { way: 5, shot: 20, query: 15, episodes: [] };
writeFileSync(episodes, JSON.stringify(given));

it.each(settingNames())("%s is found by its name", (name) => {
  expect(settingNamed(name)).toMatchObject({ name });
});

it("gives episodes to a few-shot protocol", () => {
  expect(settingNamed("few-shot-20", { episodes })).toMatchObject({ options: { episodes: given } });
});

it.each(["many-shot-linear", "many-shot-finetune"])("refuses episodes for %s, which draws none", (name) => {
  expect(() => settingNamed(name, { episodes })).toThrow(
    `--episodes is of few-shot-5, few-shot-20, few-shot-50: '${name}' has none`,
  );
});

it("names what is known where a protocol, an option or a mode is not", () => {
  expect(() => settingNamed("few-shot-7")).toThrow(
    "unknown protocol 'few-shot-7': known are many-shot-linear",
  );
  expect(() => settingNamed("many-shot-linear", { mode: "exact" })).toThrow(
    "unknown mode 'exact': known are converged",
  );
  expect(() => settingNamed("many-shot-linear", { speed: "11" })).toThrow(
    "'many-shot-linear' has no option 'speed': it has mode",
  );
});

describe("the options of all evaluations together", () => {
  const withSteps = (flag: string, help: string): AnyKind => ({
    ...EVALUATIONS[0]!,
    name: "other",
    settings: [{ name: "other", title: "Other" }],
    options: { steps: wholeNumber(flag, 1, { help, otherwise: 10, fingerprint: true, example: "20" }) },
  });

  it("say a shared flag once, with the help of each", () => {
    const finetune = EVALUATIONS.find(({ name }) => name === "many-shot-finetune")!;
    const shared = optionsOf([finetune, withSteps("--steps <number>", "steps of the solver")]);
    const steps = shared.filter(({ key }) => key === "steps");
    expect(steps).toMatchObject([
      {
        help: "steps of each training run (default: 5000) (many-shot-finetune); steps of the solver (default: 10) (other)",
        settings: ["many-shot-finetune", "other"],
      },
    ]);
  });

  it("are refused where two evaluations write one flag in two ways, or a key is not its flag's", () => {
    expect(() => optionsOf([...EVALUATIONS, withSteps("--steps <n>", "x")])).toThrow(
      "other writes '--steps <n>', another evaluation '--steps <number>'",
    );
    expect(() => optionsOf([withSteps("--rounds <n>", "x")])).toThrow("'steps' is not the key of --rounds");
  });
});

describe("what must be evaluated for a measure", () => {
  it("is its setting on its dataset, for a companion the setting that it comes with", () => {
    expect(targetOfMeasure("many-shot-linear/pets/mean-per-class-accuracy")).toEqual({
      setting: "many-shot-linear",
      datasets: ["pets"],
    });
    expect(targetOfMeasure("calibration-finetune/cars/ece")).toEqual({
      setting: "many-shot-finetune",
      datasets: ["cars"],
    });
  });

  it("is all datasets for a mean over them", () => {
    expect(targetOfMeasure("calibration-finetune/kornblith/ece-scaled")).toMatchObject({
      setting: "many-shot-finetune",
      datasets: { length: 10 },
    });
  });

  it.each([
    "many-shot-linear/pets/accuracy",
    "calibration-linear/voc2007/ece",
    "few-shot-20/voc2007/accuracy",
    "imagenet/imagenet/top1",
    "nonsense",
  ])("is nothing for %s, which no evaluation gives", (slug) => {
    expect(targetOfMeasure(slug)).toBeUndefined();
  });
});
