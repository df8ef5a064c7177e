/** The protocols of dense prediction: each setting, schedule and mode, on the published data and on the drawn. */
import { VOC_CLASSES } from "../../packages/eval-core/src/datasets/readers/voc2007.ts";
import { planEvaluation, RESNET_FACTS } from "../../packages/eval-core/src/evaluations/plan.ts";
import { settingNamed } from "../../packages/eval-core/src/evaluations/settings.ts";
import { preprocessingNamed } from "../../packages/eval-core/src/images/index.ts";
import { MANIFEST, NETWORK, type Pin, pin } from "./pin.ts";

/** How each dataset's reader says where its splits come from. */
const RULES: Readonly<Record<string, string>> = {
  voc2007: "2007 trainval and 2012 trainval; 2007 test",
  "voc-shapes": "2007 trainval and 2012 trainval; 2007 test",
  nyuv2: "train_SN40.json and test_SN40.json",
  "nyu-shapes": "train_SN40.json and test_SN40.json",
  ade20k: "training.odgt and validation.odgt",
  "ade-shapes": "training.odgt and validation.odgt",
};

const RUN_ON: Readonly<Record<string, readonly string[]>> = {
  "detection-frozen": ["voc2007", "voc-shapes"],
  "detection-finetune": ["voc2007", "voc-shapes"],
  "surface-normals": ["nyuv2", "nyu-shapes"],
  segmentation: ["ade20k", "ade-shapes"],
};

const OPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "": {},
  ", paper-exact": { mode: "paper-exact" },
  ", 500 steps": { steps: "500" },
  ", shortened": { schedule: "shortened" },
  ", published": { schedule: "published" },
};

export function densePins(): Record<string, Pin> {
  const pins: Record<string, Pin> = {};
  for (const [name, datasets] of Object.entries(RUN_ON)) {
    for (const dataset of datasets) {
      for (const [words, given] of Object.entries(OPTIONS)) {
        const { kind, options } = settingNamed(name, given);
        const data = {
          name: dataset,
          title: dataset,
          classes: VOC_CLASSES,
          splits: { train: [], test: [] },
          origin: { splitRule: RULES[dataset]!, missing: [] },
        };
        const spec = {
          ...{ setting: name, options, data: data as never, network: RESNET_FACTS, seed: 0 },
          preprocessing: preprocessingNamed("imagenet-shorter-224"),
          skipUnreadable: false,
        };
        const { protocol, identity } = planEvaluation({
          ...{ kind, spec },
          manifest: MANIFEST,
          checkpoint: NETWORK,
        });
        const measures = kind.measures(name, { slug: dataset } as never).map(({ slug }) => slug);
        pins[`${name}, ${dataset}${words}`] = pin(protocol, identity, measures);
      }
    }
  }
  return pins;
}
