/**
 * What recorded results hang on, made anew by the code as it is: the protocol's body and fingerprint, the identity of
 * the run, and the measures, for every setting, mode, dataset and option that has one of its own.
 */
import type { DatasetName } from "../../packages/eval-core/src/datasets/index.ts";
import { companionIdentity, identityOf } from "../../packages/eval-core/src/evaluations/evaluation.ts";
import { fewShotDescription } from "../../packages/eval-core/src/evaluations/few-shot/protocol.ts";
import {
  finetuneCalibrationDescription,
  linearCalibrationDescription,
} from "../../packages/eval-core/src/evaluations/many-shot-linear/calibration-protocol.ts";
import { linearDescription } from "../../packages/eval-core/src/evaluations/many-shot-linear/protocol.ts";
import type { LinearMode } from "../../packages/eval-core/src/evaluations/many-shot-linear/record.ts";
import { planEvaluation, RESNET_FACTS } from "../../packages/eval-core/src/evaluations/plan.ts";
import { type Setting, settingNamed } from "../../packages/eval-core/src/evaluations/settings.ts";
import { preprocessingNamed } from "../../packages/eval-core/src/images/index.ts";
import { PINNED_DATASETS, standIn } from "./datasets.ts";
import { densePins } from "./dense.ts";
import { picturePins } from "./pictures.ts";
import { MANIFEST, NETWORK, type Pin, pin } from "./pin.ts";
import { probePins } from "./probes.ts";

const episodes = {
  way: 2,
  shot: 1,
  query: 1,
  episodes: [{ classes: [0, 1], support: [[0], [2]], query: [[1], [3]] }],
};

const SETTINGS: Readonly<Record<string, Setting>> = {
  "linear converged": settingNamed("many-shot-linear"),
  "linear paper-exact": settingNamed("many-shot-linear", { mode: "paper-exact" }),
  finetune: settingNamed("many-shot-finetune"),
  "few-shot-5": settingNamed("few-shot-5"),
  "few-shot-20": settingNamed("few-shot-20"),
  "few-shot-50": settingNamed("few-shot-50"),
};

interface More {
  readonly preprocessing?: string;
  readonly missing?: readonly string[];
  readonly skipUnreadable?: boolean;
  readonly seed?: number;
  readonly again?: string;
}

function pinsOf(setting: Setting, name: DatasetName, more: More = {}): Record<string, Pin> {
  const dataset = standIn(name, more.missing);
  const { kind, name: settingName, options } = setting;
  const planned = planEvaluation({
    kind,
    spec: {
      setting: settingName,
      options,
      data: dataset,
      network: RESNET_FACTS,
      preprocessing: preprocessingNamed(more.preprocessing ?? "imagenet-shorter-224"),
      seed: more.seed ?? 0,
      skipUnreadable: more.skipUnreadable ?? false,
    },
    manifest: MANIFEST,
    checkpoint: NETWORK,
    ...(more.again === undefined ? {} : { again: more.again }),
  });
  const metric = kind.name === "few-shot" ? "accuracy" : dataset.metric;
  const { protocol, identity } = planned;
  const main = pin(protocol, identity, [`${protocol.setting}/${dataset.name}/${metric}`]);
  if (kind.name === "few-shot" || dataset.task !== "multi-class") return { "": main };
  const calibration =
    kind.name === "many-shot-linear"
      ? linearCalibrationDescription((options as { mode: LinearMode }).mode, protocol)
      : finetuneCalibrationDescription(protocol);
  return {
    "": main,
    " calibration": pin(calibration, companionIdentity(identity, calibration.fingerprint), [
      `${calibration.setting}/${dataset.name}/ece`,
      `${calibration.setting}/${dataset.name}/ece-scaled`,
    ]),
  };
}

function everyDataset(): Record<string, Pin> {
  const pins: Record<string, Pin> = {};
  for (const [words, setting] of Object.entries(SETTINGS)) {
    for (const name of PINNED_DATASETS) {
      if (setting.kind.name === "few-shot" && name === "voc2007") continue;
      for (const [part, pinned] of Object.entries(pinsOf(setting, name))) {
        pins[`${words}, ${name}${part}`] = pinned;
      }
    }
  }
  return pins;
}

/** Every option that makes a protocol or an identity of its own. */
function everyOption(): Record<string, Pin> {
  const short = { steps: "8", batch: "16", grid: "0.01,0.1/0,1e-4/centre-crop" };
  const drawn = SETTINGS["few-shot-5"]!;
  const linear = SETTINGS["linear converged"]!;
  const finetune = SETTINGS.finetune!;
  const cases: Record<string, Record<string, Pin>> = {
    "finetune reduced": pinsOf(settingNamed("many-shot-finetune", short), "digits"),
    "finetune, steps alone": pinsOf(settingNamed("many-shot-finetune", { steps: "8" }), "voc2007"),
    "few-shot given": pinsOf({ ...drawn, options: { episodes } }, "digits"),
  };
  for (const [words, setting] of Object.entries({ linear, finetune, "few-shot": drawn })) {
    cases[`${words}, square crop`] = pinsOf(setting, "pets", { preprocessing: "square-257-crop-224" });
    cases[`${words}, smaller`] = pinsOf(setting, "pets", { preprocessing: "shorter-64" });
    cases[`${words}, partial`] = pinsOf(setting, "pets", {
      missing: ["1 listed file missing: images/a.jpg"],
    });
    cases[`${words}, skipping`] = pinsOf(setting, "pets", { skipUnreadable: true });
    cases[`${words}, seed 3`] = pinsOf(setting, "pets", { seed: 3 });
    cases[`${words}, again`] = pinsOf(setting, "pets", { again: "2026-01-01T00:00:00.000Z" });
  }
  return Object.fromEntries(
    Object.entries(cases).flatMap(([words, pins]) =>
      Object.entries(pins).map(([part, pinned]) => [`option: ${words}${part}`, pinned] as const),
    ),
  );
}

/** `--features`: where the arrays come from is not known. */
function givenFeatures(): Record<string, Pin> {
  const origin = { features: "given" };
  const of = (
    task: "multi-class" | "multi-label",
    metric: "accuracy" | "mean-per-class-accuracy" | "map11",
  ) =>
    (["converged", "paper-exact"] as const).map((mode) => {
      const described = linearDescription({ task, metric }, mode, origin);
      return [
        `features: ${metric} ${mode}`,
        pin(described, null, [`many-shot-linear/given/${metric}`]),
      ] as const;
    });
  const shots = [5, 20, 50].map((shot) => {
    const described = fewShotDescription(shot, undefined, origin);
    return [`features: few-shot-${shot}`, pin(described, null, [`few-shot-${shot}/given/accuracy`])] as const;
  });
  const given = fewShotDescription(5, episodes, origin);
  return Object.fromEntries([
    ...of("multi-class", "accuracy"),
    ...of("multi-class", "mean-per-class-accuracy"),
    ...of("multi-label", "map11"),
    ...shots,
    ["features: episodes given", pin(given, null, ["few-shot-1/given/accuracy"])],
  ]);
}

/** The mean calibration over the paper's datasets. */
function average(mode: string, preprocessing: string, allowPartial: boolean): Pin {
  const { kind, options } = settingNamed("many-shot-linear", { mode });
  const derivation = kind.derivations![0]!;
  const parts = derivation.datasets.map((dataset, i) => {
    const errors = ["ece", "ece-scaled"].map(
      (metric) => [`calibration-linear/${dataset}/${metric}`, i] as const,
    );
    return {
      dataset,
      identity: `identity ${i}`,
      manifest: String(i % 10).repeat(64),
      values: new Map(errors),
    };
  });
  const derived = derivation.derive(parts, {
    options,
    network: RESNET_FACTS,
    preprocessing: preprocessingNamed(preprocessing),
    allowPartial,
  })!;
  const identity = identityOf({
    protocol: derived.protocol.fingerprint,
    checkpoint: NETWORK,
    manifest: derived.dataset.manifest,
    seed: 0,
  });
  return pin(
    derived.protocol,
    identity,
    derived.values.map(({ measure }) => measure),
  );
}

export function allPins(): Record<string, Pin> {
  return {
    ...everyDataset(),
    ...everyOption(),
    ...givenFeatures(),
    ...picturePins(),
    ...densePins(),
    ...probePins(),
    "mean calibration, converged": average("converged", "imagenet-shorter-224", false),
    "mean calibration, paper-exact": average("paper-exact", "imagenet-shorter-224", false),
    "mean calibration, partial": average("converged", "imagenet-shorter-224", true),
    "mean calibration, smaller": average("converged", "shorter-64", false),
  };
}
