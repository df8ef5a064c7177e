/** DINOv3's logistic regression: its own grid, split and tie rule, so never mixed with many-shot-linear. */
import type { Dataset } from "../../datasets/index.ts";
import type { EvaluationKind } from "../kind.ts";
import { choice } from "../options.ts";
import { probeCost, sweepOperations } from "../probes/cost.ts";
import { recognition } from "../recognition.ts";
import { type Dinov3EvaluationOptions, dinov3Description } from "./protocol.ts";

export const linearDinov3: EvaluationKind<Dinov3EvaluationOptions, Dataset> = {
  name: "linear-dinov3",
  settings: [{ name: "logistic-regression-dinov3", title: "Logistic regression as DINOv3's" }],
  options: {
    mode: choice("--mode <mode>", ["converged", "paper-exact"], {
      help: "converged, or paper-exact: 1,000 iterations of L-BFGS from zero for each value",
      otherwise: "converged",
      fingerprint: true,
      example: "paper-exact",
    }),
  },
  data: recognition(["multi-class"]),
  needs: { trains: false, preprocessing: true, seed: false },
  measures: (setting, { slug, task, metric = "accuracy", classCount }) => {
    if (task !== "multi-class") return [];
    const other = metric === "accuracy" ? "mean-per-class-accuracy" : "accuracy";
    const top5 = classCount === undefined || classCount >= 5 ? ["top-5"] : [];
    return [metric, other, ...top5].map((name) => ({ slug: `${setting}/${slug}/${name}` }));
  },
  describe: dinov3Description,
  cost: probeCost(15, sweepOperations),
  run: async (spec, context) => (await import("./run.ts")).runDinov3(spec, context),
};
