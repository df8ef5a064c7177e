/** What is asked for by name is either found or told apart in one sentence. */
import { expect, it } from "vitest";
import { SETTING_NAMES, settingNamed } from "./settings.ts";

const given = { way: 5, shot: 20, query: 15, episodes: [] };

it.each(SETTING_NAMES)("%s is found by its name", (name) => {
  expect(settingNamed(name, "converged")).toMatchObject({ name });
});

it("gives episodes to a few-shot protocol", () => {
  expect(settingNamed("few-shot-20", "converged", { given })).toMatchObject({ given });
});

it.each(["many-shot-linear", "many-shot-finetune"])("refuses episodes for %s, which draws none", (name) => {
  expect(() => settingNamed(name, "converged", { given })).toThrow(
    `episodes are of the few-shot protocols: '${name}' has none`,
  );
});

it("names what is known where a protocol or a mode is not", () => {
  expect(() => settingNamed("few-shot-7", "converged")).toThrow(
    "unknown protocol 'few-shot-7': known are many-shot-linear",
  );
  expect(() => settingNamed("many-shot-linear", "exact")).toThrow(
    "unknown mode 'exact': known are converged",
  );
});
