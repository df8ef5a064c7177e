/** What makes two results of DINOv3's logistic regression comparable. */
import type { Dataset } from "../../datasets/index.ts";
import { describeProtocol, type ProtocolDescription } from "../evaluation.ts";
import type { Spec } from "../kind.ts";
import { probeOrigin, requireOneLabel, TIES } from "../probes/protocol.ts";

export interface Dinov3EvaluationOptions {
  readonly mode: "converged" | "paper-exact";
}

export function dinov3Description(spec: Spec<Dinov3EvaluationOptions, Dataset>): ProtocolDescription {
  requireOneLabel(spec.data, "linear-dinov3");
  const { metric, splits } = spec.data;
  const { mode } = spec.options;
  const body = {
    evaluation: "dinov3-logistic-regression",
    version: 1,
    metric,
    c: { from: 1e-6, to: 1e5, count: 45, scale: "log", made: "in float32" },
    selection: `best validation ${metric}, the smallest C of equals`,
    validation: splits.val?.length
      ? "own"
      : "dinov3: of each class the first max(1, floor(0.1 n)) in torch.randperm's order of seed 0, none of a class of one",
    refit: "train + validation",
    classifier: "logistic regression, L2, intercept not penalised; two classes: one logit",
    solver:
      mode === "converged"
        ? { mode, criterion: "every component of the gradient of the sum below 1e-8 max(1, rows / 1000)" }
        : { mode, algorithm: "L-BFGS-B", maxIterations: 1000, gradientTolerance: 1e-12, start: "zero" },
    ties: { ...TIES },
    ...probeOrigin(spec),
  };
  return describeProtocol("logistic-regression-dinov3", "Logistic regression as DINOv3 runs it", body);
}
