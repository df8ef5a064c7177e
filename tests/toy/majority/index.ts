/** An evaluation as a newcomer would write it: how often the commonest class of train is right on test. */
import { conformanceOnUse } from "../../../packages/eval-core/src/conformance/index.ts";
import type { Dataset } from "../../../packages/eval-core/src/datasets/index.ts";
import { describeProtocol } from "../../../packages/eval-core/src/evaluations/evaluation.ts";
import type { EvaluationKind } from "../../../packages/eval-core/src/evaluations/kind.ts";
import { choice } from "../../../packages/eval-core/src/evaluations/options.ts";
import { recognition } from "../../../packages/eval-core/src/evaluations/recognition.ts";

interface MajorityOptions {
  readonly tie: "first" | "last";
}

export const majority: EvaluationKind<MajorityOptions, Dataset> = {
  name: "majority",
  settings: [{ name: "majority", title: "Majority class" }],
  options: {
    tie: choice("--tie <rule>", ["first", "last"], {
      help: "which of equally common classes is taken",
      otherwise: "first",
      fingerprint: true,
      example: "last",
    }),
  },
  data: recognition(["multi-class"]),
  needs: { trains: false, preprocessing: false, seed: false },
  measures: (_, { slug }) => [{ slug: `majority/${slug}/accuracy` }],
  describe: ({ options, data }) =>
    describeProtocol("majority", "Majority class", {
      evaluation: "majority",
      version: 1,
      ties: options.tie,
      splits: data.origin.splitRule,
    }),
  cost: async ({ data }) => ({ images: data.splits.train.length + data.splits.test.length, seconds: 0.1 }),
  run: async (spec, context) => (await import("./run.ts")).runMajority(spec, context),
  conformance: [
    conformanceOnUse(
      {
        kind: "majority",
        title: "the commonest class, against a count by hand",
        usesDevice: false,
        goldens: new URL("./golden/", import.meta.url),
      },
      async () => (await import("./run.ts")).majorityCheck,
    ),
  ],
};
