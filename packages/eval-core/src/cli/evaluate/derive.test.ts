/** Means over datasets are there when all their parts are, and only then. */
import { describe, expect, it } from "vitest";
import type { Checkpoint } from "../../backbones/index.ts";
import { suiteTargets } from "../../evaluations/asked/suites.ts";
import { describeProtocol } from "../../evaluations/evaluation.ts";
import { settingNamed } from "../../evaluations/settings.ts";
import { shorterSide } from "../../images/index.ts";
import { deriveFrom } from "./derive.ts";
import type { EvaluateRequest } from "./request.ts";
import type { Outcome } from "./run.ts";

describe.each([
  ["many-shot-linear", "calibration-linear"],
  ["many-shot-finetune", "calibration-finetune"],
])("the mean calibration error of %s", (suite, calibration) => {
  const setting = settingNamed(suite);
  const request: EvaluateRequest = {
    checkpoint: { sha256: "0", family: "resnet" } as Checkpoint,
    method: { slug: "m" },
    suite,
    several: true,
    targets: [{ setting, dataset: "aircraft", readout: "pooled" }],
    readouts: ["pooled"],
    data: undefined,
    allowPartial: false,
    preprocessing: shorterSide(224),
    device: "cpu",
    threads: undefined,
    cacheFolder: "",
    seed: 0,
    skipUnreadable: false,
    again: false,
  };
  const outcomes = suiteTargets(suite).map(
    ({ dataset }, i): Outcome => ({
      target: { dataset, setting, readout: "pooled" },
      title: dataset,
      state: "recorded",
      identity: `identity ${i}`,
      manifest: `manifest ${i}`,
      protocol: describeProtocol(suite, "", {}),
      values: ["ece", "ece-scaled"].map((metric, j) => ({
        measure: `${calibration}/${dataset}/${metric}`,
        value: i + 100 * j,
        interval: null,
        n: 5,
      })),
    }),
  );

  it("is the mean over the ten datasets with one label an image", () => {
    const derived = deriveFrom(request, outcomes);
    expect(derived).toHaveLength(1);
    expect(outcomes).toHaveLength(11);
    // VOC2007 is the last of the eleven: 0 to 9 are left.
    expect(derived[0]?.values.map(({ measure, value }) => [measure, value])).toEqual([
      [`${calibration}/kornblith/ece`, 4.5],
      [`${calibration}/kornblith/ece-scaled`, 104.5],
    ]);
  });

  it("is not there while one dataset is missing, or lacks a value", () => {
    expect(deriveFrom(request, outcomes.slice(1))).toEqual([]);
    const first = { ...(outcomes[0] as Outcome & { state: "recorded" }), values: [] };
    expect(deriveFrom(request, [first, ...outcomes.slice(1)])).toEqual([]);
  });
});
