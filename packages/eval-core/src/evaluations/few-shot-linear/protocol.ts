/** What makes two few-shot linear accuracies comparable, and the options that change it. */
import type { Dataset } from "../../datasets/index.ts";
import { describeProtocol, type ProtocolDescription } from "../evaluation.ts";
import type { Spec } from "../kind.ts";
import { probeOrigin, requireOneLabel, TIES } from "../probes/protocol.ts";
import type { DrawRule } from "./draws.ts";
import type { FewShotMode } from "./fit.ts";

export const FEW_SHOT_LINEAR = { perClass: 16, draws: 5, seed: 42, c: 1 } as const;

export interface FewShotLinearOptions {
  readonly draws: DrawRule;
  readonly mode: FewShotMode;
}

export function fewShotLinearDescription(spec: Spec<FewShotLinearOptions, Dataset>): ProtocolDescription {
  requireOneLabel(spec.data, "few-shot-linear");
  const { draws, mode } = spec.options;
  const body = {
    evaluation: "few-shot-linear",
    version: 1,
    perClass: FEW_SHOT_LINEAR.perClass,
    draws: FEW_SHOT_LINEAR.draws,
    rule: draws,
    seed: FEW_SHOT_LINEAR.seed,
    rows: "of the train split in the dataset's order here; a class with fewer gives what it has",
    classifier: "logistic regression, L2, intercept not penalised; two classes: one logit",
    c: FEW_SHOT_LINEAR.c,
    solver:
      mode === "converged"
        ? { mode, criterion: "every component of the gradient of the sum below 1e-6" }
        : { mode, algorithm: "L-BFGS-B", maxIterations: 100, gradientTolerance: 1e-4 },
    value: "mean over draws on the whole test split",
    interval: "mean ± t(0.975, draws - 1) · sample deviation / sqrt(draws): of the choice of rows only",
    ties: { ...TIES },
    ...probeOrigin(spec),
  };
  return describeProtocol("few-shot-linear-16", "Few-shot linear, 16 images a class", body);
}
