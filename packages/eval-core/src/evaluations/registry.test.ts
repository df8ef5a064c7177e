/** What every evaluation declares holds together; the API reads the declarations without loading onnxruntime. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Dataset, Item } from "../datasets/index.ts";
import { PREPROCESSINGS } from "../images/index.ts";
import { vocabularyFaults } from "./asked/vocabulary.ts";
import type { AnyKind } from "./kind.ts";
import { RESNET_FACTS } from "./plan.ts";
import { EVALUATIONS } from "./registry.ts";
import { optionsOf, settingNamed, settingNames } from "./settings.ts";

it("no two settings have one name", () => {
  const names = settingNames();
  expect(new Set(names).size).toBe(names.length);
});

it("the declarations are read without onnxruntime: what runs is loaded when it runs", () => {
  const url = new URL("./registry.ts", import.meta.url).href;
  const script = `
    const { EVALUATIONS } = await import(${JSON.stringify(url)});
    const loaded = process.report.getReport().sharedObjects.filter((path) => /onnxruntime/.test(path));
    console.log(EVALUATIONS.length, loaded.length);`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(out.trim()).toBe(`${EVALUATIONS.length} 0`);
});

it("every folder beside this file that has an index.ts is registered", async () => {
  const { readdirSync, existsSync } = await import("node:fs");
  const here = fileURLToPath(new URL(".", import.meta.url));
  const folders = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`${here}${entry.name}/index.ts`))
    .map(({ name }) => name);
  expect(EVALUATIONS.map(({ name }) => name).sort()).toEqual(folders.sort());
});

it.each(EVALUATIONS.map((kind) => [kind.name, kind] as const))(
  "%s agrees with the vocabulary in its settings, datasets and metrics",
  (_, kind) => {
    expect(vocabularyFaults(kind)).toEqual([]);
  },
);

/** A dataset of three images a split, as far as a description reads it. */
const items = Array.from({ length: 5 }, (_, i) => ({ id: `${i}`, label: 0 }) as Item);
const dataset: Dataset = {
  name: "digits",
  title: "Digits",
  task: "multi-class",
  metric: "accuracy",
  classes: ["a"],
  splits: { train: items, test: items },
  origin: { layout: "", splitRule: "", missing: [] },
  manifestHash: async () => "",
};

const recognising = EVALUATIONS.filter(({ data }) => data.names.includes("digits"));
const fingerprintOf = (kind: AnyKind, setting: string, given: Record<string, string>) =>
  kind.describe({
    setting,
    options: settingNamed(setting, given).options,
    data: dataset,
    network: RESNET_FACTS,
    preprocessing: PREPROCESSINGS["imagenet-shorter-224"],
    skipUnreadable: false,
    seed: 0,
  }).fingerprint;

describe.each(recognising.map((kind) => [kind.name, kind] as const))("%s", (_, kind) => {
  const remote = optionsOf([kind]).filter((option) => option.remote);

  it("says truly which of its options are part of the fingerprint", () => {
    for (const { name } of kind.settings) {
      for (const { key } of remote) {
        const option = kind.options[key]!;
        const [usual, other] = [
          fingerprintOf(kind, name, {}),
          fingerprintOf(kind, name, { [key]: option.example }),
        ];
        expect(usual !== other, `${name} with ${option.flag.split(" ")[0]} ${option.example}`).toBe(
          option.fingerprint,
        );
      }
    }
  });

  it("names its measures setting/dataset/metric, the first under its own setting", () => {
    for (const { name } of kind.settings) {
      const slugs = kind.measures(name, kind.data.kindOf("digits")).map(({ slug }: { slug: string }) => slug);
      expect(slugs[0]).toMatch(new RegExp(`^${name}/digits/`));
      for (const slug of slugs) expect(slug.split("/")).toHaveLength(3);
    }
  });
});
