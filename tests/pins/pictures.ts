/**
 * Pins of the evaluations of pictures: reconstruction, attention and invariance, as published, reduced, of a folder, and
 * of a vision transformer. Which pictures there are is a stand-in; what a protocol says of their choice is not.
 */
import { fileURLToPath } from "node:url";
import { loadCheckpoint } from "../../packages/eval-core/src/backbones/index.ts";
import type { NetworkFacts } from "../../packages/eval-core/src/evaluations/kind.ts";
import type { PictureData } from "../../packages/eval-core/src/evaluations/pictures/data.ts";
import {
  columnOf,
  datasetsRule,
  PICTURE_DATASETS,
} from "../../packages/eval-core/src/evaluations/pictures/datasets.ts";
import { folderRule } from "../../packages/eval-core/src/evaluations/pictures/folder.ts";
import { networkFacts, planEvaluation, RESNET_FACTS } from "../../packages/eval-core/src/evaluations/plan.ts";
import { settingNamed } from "../../packages/eval-core/src/evaluations/settings.ts";
import { preprocessingNamed } from "../../packages/eval-core/src/images/index.ts";
import { MANIFEST, NETWORK, type Pin, pin } from "./pin.ts";

const transformer = networkFacts(
  await loadCheckpoint(
    fileURLToPath(new URL("../../packages/eval-core/data/digits-vit.safetensors", import.meta.url)),
  ),
);

const pictures = (
  more: Pick<PictureData, "name" | "title" | "rule" | "isReduced" | "count">,
): PictureData => ({
  origin: { splitRule: "test images", missing: [] },
  manifestHash: async () => MANIFEST,
  pictures: () => [],
  notes: [],
  ...more,
});

const DATA = {
  "all datasets": pictures({
    ...columnOf(false),
    rule: (seed) => datasetsRule({ datasets: PICTURE_DATASETS, perDataset: 1, seed }),
    isReduced: false,
    count: 15,
  }),
  "two datasets": pictures({
    ...columnOf(true),
    rule: (seed) =>
      datasetsRule({
        datasets: ["dtd", "pets"],
        perDataset: 2,
        seed,
        first: 3,
        partial: ["pets: 1 listed file missing: images/a.jpg"],
      }),
    isReduced: true,
    count: 3,
  }),
  "a folder": pictures({
    name: "mine",
    title: "mine",
    rule: () => folderRule(MANIFEST),
    isReduced: false,
    count: 5,
  }),
  "the first of a folder": pictures({
    name: "mine-first-2",
    title: "mine, first 2",
    rule: () => folderRule(MANIFEST),
    isReduced: true,
    count: 2,
  }),
};

const SETTINGS = {
  reconstruction: { ...settingNamed("reconstruction"), reduced: false },
  "reconstruction, 200 iterations": {
    ...settingNamed("reconstruction", { iterations: "200" }),
    reduced: true,
  },
  attention: { ...settingNamed("attention"), reduced: false },
  "attention, stride 5": { ...settingNamed("attention", { stride: "5" }), reduced: true },
  "attention, stride 10": { ...settingNamed("attention", { stride: "10" }), reduced: true },
  invariance: { ...settingNamed("invariance"), reduced: false },
};

const NETWORKS: Readonly<Record<string, NetworkFacts>> = {
  "": RESNET_FACTS,
  ", a transformer": transformer,
};

export function picturePins(): Record<string, Pin> {
  const pins: Record<string, Pin> = {};
  for (const [words, { kind, name: setting, options, reduced }] of Object.entries(SETTINGS)) {
    for (const [of, given] of Object.entries(DATA)) {
      const data = given.name === "all" ? { ...given, ...columnOf(reduced) } : given;
      for (const [network, facts] of Object.entries(NETWORKS)) {
        const { protocol, identity } = planEvaluation({
          kind,
          spec: {
            ...{ setting, options, data, network: facts, seed: 0, skipUnreadable: false },
            preprocessing: preprocessingNamed("imagenet-shorter-224"),
          },
          manifest: MANIFEST,
          checkpoint: NETWORK,
        });
        const measures = kind
          .measures(setting, { slug: data.name, task: "pictures" })
          .map(({ slug }) => slug);
        pins[`${words}, ${of}${network}`] = pin(protocol, identity, measures);
      }
    }
  }
  return pins;
}
