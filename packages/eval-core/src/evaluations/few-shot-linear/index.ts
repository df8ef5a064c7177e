/** Few-shot linear evaluation as the MIEB benchmark runs it: 16 images a class, five seeded draws, all of test. */
import type { Dataset } from "../../datasets/index.ts";
import type { EvaluationKind } from "../kind.ts";
import { choice } from "../options.ts";
import { probeCost } from "../probes/cost.ts";
import { recognition } from "../recognition.ts";
import { type FewShotLinearOptions, fewShotLinearDescription } from "./protocol.ts";

export const fewShotLinear: EvaluationKind<FewShotLinearOptions, Dataset> = {
  name: "few-shot-linear",
  settings: [{ name: "few-shot-linear-16", title: "Few-shot, linear, 16 images a class" }],
  options: {
    draws: choice("--draws <rule>", ["mteb2", "mteb1"], {
      help: "mteb2: every draw reshuffles with a new generator; mteb1: one generator for all draws",
      otherwise: "mteb2",
      fingerprint: true,
      example: "mteb1",
    }),
    mode: choice("--mode <mode>", ["converged", "paper-exact"], {
      help: "converged, or paper-exact: scikit-learn's solver with its stopping rules",
      otherwise: "converged",
      fingerprint: true,
      example: "paper-exact",
    }),
  },
  data: recognition(["multi-class"]),
  needs: { trains: false, preprocessing: true, seed: false },
  measures: (setting, { slug, task }) =>
    task === "multi-class"
      ? ["accuracy", "macro-f1"].map((metric) => ({ slug: `${setting}/${slug}/${metric}` }))
      : [],
  describe: fewShotLinearDescription,
  cost: probeCost(5, ({ classes, features }) => 5 * 100 * 6 * 16 * classes * classes * features),
  run: async (spec, context) => (await import("./run.ts")).runFewShotLinear(spec, context),
};
