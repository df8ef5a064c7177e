/** Robustness: one probe fitted on ImageNet, scored with the same weights on test sets that share its classes. */
import { createHash } from "node:crypto";
import type { Dataset } from "../../datasets/index.ts";
import { featuresCost } from "../features-cost.ts";
import type { EvaluationKind, Spec } from "../kind.ts";
import { path } from "../options.ts";
import { type RobustnessData, robustnessData } from "./data.ts";
import { parseReference, parseTests, type RobustnessOptions, TEST_SETS } from "./options.ts";
import { robustnessDescription } from "./protocol.ts";

export const robustness: EvaluationKind<RobustnessOptions, RobustnessData> = {
  name: "robustness",
  settings: [{ name: "robustness-imagenet", title: "Robustness of an ImageNet probe" }],
  options: {
    tests: path("--tests <list>", "folder", {
      help: `test sets as name=DIR, separated by commas; boards know ${TEST_SETS.join(", ")}`,
      otherwise: [],
      otherwiseInWords: "none",
      fingerprint: true,
      parse: parseTests,
    }),
    reference: path("--reference <file>", "file", {
      help: "a reference network's errors on ImageNet-C by corruption and level, as JSON; mCE is relative to them",
      otherwise: undefined,
      fingerprint: true,
      parse: (file) => parseReference(file, (bytes) => createHash("sha256").update(bytes).digest("hex")),
    }),
  },
  data: robustnessData,
  needs: { trains: false, preprocessing: true, seed: false },
  measures: (setting, { slug }) => [
    { slug: `${setting}/${slug}/accuracy` },
    ...TEST_SETS.flatMap((name) =>
      ["accuracy", "drop"].map((metric) => ({ slug: `${setting}/${name}/${metric}` })),
    ),
    { slug: `${setting}/imagenet-c/mce` },
  ],
  describe: robustnessDescription,
  cost: (spec, context) => featuresCost(spec as unknown as Spec<object, Dataset>, context),
  run: async (spec, context) => (await import("./run.ts")).runRobustness(spec, context),
};
