/** `--readout`: which targets it makes, that each has a protocol of its own, and what it refuses. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadCheckpoint } from "../../backbones/index.ts";
import { networkName } from "../../evaluations/evaluation.ts";
import { networkFacts, RESNET_FACTS } from "../../evaluations/plan.ts";
import { settingNamed } from "../../evaluations/settings.ts";
import { byReadout, readoutsAsked } from "./targets.ts";

const golden = (name: string): string => fileURLToPath(new URL(`../../../golden/${name}`, import.meta.url));
const vit = await loadCheckpoint(golden("backbones/hf_vit/model.safetensors"));
const resnet = await loadCheckpoint(golden("checkpoint/torchvision.pth"));
const linear = { setting: settingNamed("many-shot-linear"), dataset: "digits" };

describe("readouts", () => {
  it("are the default one, those that are named, or every vector", () => {
    expect(readoutsAsked(vit, undefined)).toEqual(["cls"]);
    expect(readoutsAsked(vit, "mean-patch, cls")).toEqual(["mean-patch", "cls"]);
    expect(readoutsAsked(vit, "all")).toEqual(["cls", "mean-patch", "cls+mean"]);
    expect(readoutsAsked(resnet, "all")).toEqual(["pooled"]);
  });

  it("are refused where the network has none so called, or it is a map", () => {
    expect(() => readoutsAsked(resnet, "cls")).toThrow(
      /torchvision\.pth has no readout 'cls'.*it has pooled/,
    );
    expect(() => readoutsAsked(vit, "patches")).toThrow(/no readout 'patches'/);
  });

  it("make a target each, but not of a protocol that trains", () => {
    expect(byReadout([linear], ["cls", "mean-patch"], true).map(({ readout }) => readout)).toEqual([
      "cls",
      "mean-patch",
    ]);
    const finetune = { ...linear, setting: settingNamed("many-shot-finetune") };
    expect(() => byReadout([finetune], ["cls"], true)).toThrow(/--readout is not for many-shot-finetune/);
    expect(byReadout([finetune], ["cls"], false)).toHaveLength(1);
  });

  it("are in the protocol, but for a ResNet's global average, which had no name", () => {
    expect(networkFacts(resnet)).toBe(RESNET_FACTS);
    expect(networkFacts(vit)).toMatchObject({ features: "cls, evaluation mode", readout: "cls" });
    expect(networkFacts(vit, "mean-patch").readout).toBe("mean-patch");
  });
});

it("what was chosen and not read from the tensors makes another network of the same file", () => {
  const { sha256, layout, normalisation, choices } = vit;
  const name = networkName(vit);
  expect(networkName({ ...vit, choices: { ...choices, heads: { value: 4, from: "--heads" } } })).not.toBe(
    name,
  );
  expect(networkName({ ...vit, choices: { ...choices, heads: { value: 2, from: "--heads" } } })).toBe(name);
  // A ResNet leaves nothing to choose: its name is what it was before there were choices.
  expect(networkName(resnet)).toBe(networkName({ ...resnet, choices: {} }));
  expect(networkName({ sha256, layout, normalisation })).not.toBe(name);
});
