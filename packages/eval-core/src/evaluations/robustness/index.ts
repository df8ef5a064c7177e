/** Robustness: one probe fitted on ImageNet, scored with the same weights on test sets that share its classes. */
import { createHash } from "node:crypto";
import { featuresCost } from "../features-cost.ts";
import type { Cost, CostContext, EvaluationKind, Spec } from "../kind.ts";
import { path } from "../options.ts";
import { probeCost, sweepOperations } from "../probes/cost.ts";
import { type RobustnessData, robustnessData, testFeatures } from "./data.ts";
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
      help: "a reference network's errors on ImageNet-C by corruption and level, as JSON, for mCE",
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
  cost: robustnessCost,
  run: async (spec, context) => (await import("./run.ts")).runRobustness(spec, context),
};

type RobustnessSpec = Spec<RobustnessOptions, RobustnessData>;

/** The probe's on the source, and the extraction of every test set. */
async function robustnessCost(spec: RobustnessSpec, context: CostContext): Promise<Cost> {
  const cost = await probeCost<object>(15, sweepOperations)(spec, context);
  const sets = await Promise.all(
    spec.data.tests.map((set) => {
      const { dataset, manifest } = testFeatures(set, spec.data, context.manifest);
      return featuresCost({ ...spec, data: dataset }, { ...context, manifest });
    }),
  );
  const total = (of: "images" | "toExtract" | "featureMegabytes") =>
    [cost, ...sets].reduce((sum, one) => sum + (one[of] ?? 0), 0);
  return {
    ...cost,
    images: total("images"),
    toExtract: total("toExtract"),
    featureMegabytes: total("featureMegabytes"),
  };
}
