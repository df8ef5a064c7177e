/** The pins of the probes: every setting on each dataset that it is for, and every option that makes a protocol of its own. */
import type { DatasetName } from "../../packages/eval-core/src/datasets/index.ts";
import { planEvaluation, RESNET_FACTS } from "../../packages/eval-core/src/evaluations/plan.ts";
import { settingNamed } from "../../packages/eval-core/src/evaluations/settings.ts";
import { PREPROCESSINGS } from "../../packages/eval-core/src/images/index.ts";
import { standIn } from "./datasets.ts";
import { MANIFEST, NETWORK, type Pin, pin } from "./pin.ts";

const RECOGNITION = ["digits", "pets", "dtd", "voc2007"] as const;

/** VOC2012 and ADE20K: what of them enters a protocol. */
const scenes = (name: string, classes: number, rule: string, first: number, voidLevel: number) => ({
  name,
  title: name,
  classes: Array.from({ length: classes }, (_, i) => `class ${i}`),
  levels: { first, void: voidLevel },
  splits: { train: [], test: [] },
  origin: { splitRule: rule, missing: [] },
  manifestHash: () => Promise.resolve(MANIFEST),
});
const SCENES = [
  scenes("voc2012", 21, "train with the extra annotations; val", 0, 255),
  scenes("ade20k", 150, "training.odgt and validation.odgt", 1, 0),
  scenes("ade-shapes", 150, "training.odgt and validation.odgt", 1, 0),
];

type Given = Readonly<Record<string, string>>;
/** Every setting, with the options that enter its protocol. */
const OF_FEATURES: readonly (readonly [string, readonly Given[]])[] = [
  ["knn", [{}, { ks: "20" }, { temperature: "0.1" }, { self: "index" }, { self: "first" }]],
  ["few-shot-linear-16", [{}, { draws: "mteb1" }]],
  ["logistic-regression-dinov3", [{}, { mode: "paper-exact" }]],
  ["linear-bn", [{}]],
  ["linear-bn-lars", [{}]],
  ["retrieval", [{}, { form: "query-gallery" }, { apAt: "R" }]],
  ["predictor", [{}]],
];
const OF_PATCHES: readonly (readonly [string, readonly Given[]])[] = [
  ["dense-knn", [{}, { memory: "10240" }, { side: "448" }, { void: "left-out" }]],
  ["linear-segmentation", [{}, { steps: "2000" }, { schedule: "shortened" }, { side: "448" }]],
  ["linear-segmentation-cached", [{}, { steps: "2000" }, { schedule: "shortened" }, { side: "448" }]],
];

function pinOf(name: string, given: Given, data: object): Pin {
  const { kind, options } = settingNamed(name, given);
  const spec = {
    ...{ setting: name, options, data, network: RESNET_FACTS, seed: 0, skipUnreadable: false },
    preprocessing: PREPROCESSINGS["imagenet-shorter-224"],
  };
  const planned = planEvaluation({
    kind,
    spec: spec as unknown as Parameters<typeof planEvaluation>[0]["spec"],
    manifest: MANIFEST,
    checkpoint: NETWORK,
  });
  const { name: dataset } = data as { readonly name: string };
  const measures = kind.measures(name, kind.data.kindOf(dataset)).map(({ slug }) => slug);
  return pin(planned.protocol, planned.identity, measures);
}

export function probePins(): Record<string, Pin> {
  const pins: Record<string, Pin> = {};
  const add = (name: string, all: readonly Given[], dataset: string, data: object) => {
    const { kind } = settingNamed(name);
    if (kind.measures(name, kind.data.kindOf(dataset)).length === 0) return;
    for (const given of all) {
      const words = Object.entries(given).map(([key, value]) => `, ${key} ${value}`);
      pins[`probe: ${name}${words.join("")}, ${dataset}`] = pinOf(name, given, data);
    }
  };
  for (const [name, all] of OF_FEATURES)
    for (const dataset of RECOGNITION) add(name, all, dataset, standIn(dataset as DatasetName));
  for (const [name, all] of OF_PATCHES) for (const data of SCENES) add(name, all, data.name, data);
  return pins;
}
