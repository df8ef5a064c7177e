/** What is frozen runs once a step, in its first part, and is not differentiated; fine-tuned, all of it is trained. */
import { expect, it } from "vitest";
import { loadCheckpoint } from "../../backbones/index.ts";
import { DETECTOR_CUTS, drawn } from "../../networks/index.ts";
import { sgd, trainingStep } from "../../optim/index.ts";
import { SeededRandom } from "../../tensor/index.ts";
import { cutIntoStages } from "../../training/stages.ts";
import { shippedData } from "../shipped.ts";
import { type DetectionSetting, SHORTENED } from "./settings.ts";
import { asTask } from "./train.ts";

const checkpoint = await loadCheckpoint(shippedData("shapes-backbone.pth"));

/** Of each part of a step, how many nodes read a weight of the backbone's stage. */
function readersOf(setting: DetectionSetting): (stage: string) => number[] {
  const source = drawn(new SeededRandom(1));
  const options = { checkpoint, setting, schedule: SHORTENED, classes: 20 };
  const { graph, objective, parameters, dimensions } = asTask(options, { height: 64, width: 64 }, source);
  const step = trainingStep(graph, {
    loss: objective!,
    optimizer: sgd({ momentum: 0.9 }),
    parameters,
    dimensions: dimensions!,
    inputGradients: ["pooled"],
  });
  const parts = cutIntoStages(step.graph, DETECTOR_CUTS, step.carried);
  return (stage) =>
    parts.map(({ graph: { nodes } }) => {
      const isWeight = (name: string) => name.startsWith(stage) && /\.weight(\/scaled)?$/.test(name);
      return nodes.filter(({ opType, inputs }) => opType === "Conv" && inputs.some(isWeight)).length;
    });
}

it("frozen: stem to layer3 are convolved once, layer4 is differentiated", () => {
  const readers = readersOf("detection-frozen");
  const convolutions = { conv1: 1, "layer1.": 10, "layer2.": 13, "layer3.": 19 };
  for (const [stage, count] of Object.entries(convolutions))
    expect(readers(stage), stage).toEqual([count, 0, 0]);
  expect(readers("layer4.")[0]).toBe(10);
});

it("fine-tuned: every convolution is a parameter", () => {
  const source = drawn(new SeededRandom(1));
  const options = { checkpoint, setting: "detection-finetune", schedule: SHORTENED, classes: 20 } as const;
  const { parameters } = asTask(options, { height: 64, width: 64 }, source);
  expect(parameters).toContain("conv1.weight");
  expect(parameters).toContain("layer1.0.conv1.weight");
  const frozen = asTask({ ...options, setting: "detection-frozen" }, { height: 64, width: 64 }, source);
  expect(frozen.parameters.filter((name) => /^(conv1|layer[123])/.test(name))).toEqual([]);
});
