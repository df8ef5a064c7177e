/** MAE's linear probe on cached features: batch norm without affine, then linear. */
import type { Dataset } from "../../datasets/index.ts";
import type { EvaluationKind } from "../kind.ts";
import { probeCost, sweepOperations } from "../probes/cost.ts";
import { recognition } from "../recognition.ts";
import { larsDescription, standardisedDescription } from "./protocol.ts";

export const linearBn: EvaluationKind<Record<string, never>, Dataset> = {
  name: "linear-bn",
  settings: [
    { name: "linear-bn", title: "Linear on standardised features" },
    { name: "linear-bn-lars", title: "Batch norm and linear, by LARS" },
  ],
  options: {},
  data: recognition(["multi-class"]),
  needs: { trains: false, preprocessing: true, seed: true },
  measures: (setting, { slug, task }) =>
    task === "multi-class" ? [{ slug: `${setting}/${slug}/accuracy` }] : [],
  describe: (spec) =>
    spec.setting === "linear-bn-lars" ? larsDescription(spec) : standardisedDescription(spec),
  cost: probeCost(10, (size, { setting }) =>
    setting === "linear-bn" ? sweepOperations(size) : 90 * 6 * size.fitted * size.features * size.classes,
  ),
  run: async (spec, context) => {
    const run = await import("./run.ts");
    return spec.setting === "linear-bn-lars"
      ? run.runLars(spec, context)
      : run.runStandardised(spec, context);
  },
};
