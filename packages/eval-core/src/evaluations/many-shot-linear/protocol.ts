/** The canonical descriptions of the many-shot linear protocol, and its grid. */
import { describeProtocol, type JsonRecord, type ProtocolDescription } from "../evaluation.ts";
import type { LinearMetric, LinearMode, LinearProtocol, LinearTask } from "./record.ts";

/** How near a solution is to its optimum; CRITERION says what is held against it. */
export const SWEEP_TOLERANCE = 1e-4;
export const REFIT_TOLERANCE = 1e-5;

const CRITERION =
  "norm of the objective's gradient by the weights <= tolerance * penalty * norm of the weights; of each intercept <= tolerance * sum of its residuals' sizes; in float64";

/** numpy.logspace(-6, 5, 45). */
export const WEIGHT_DECAYS: readonly number[] = Array.from({ length: 45 }, (_, i) => 10 ** (-6 + i * 0.25));

/** scikit-learn's LogisticRegression(solver="lbfgs") and the SciPy defaults under it. */
export const SCIPY = {
  maxIterations: 100,
  gradientTolerance: 1e-4,
  /** ftol, SciPy's 2.22e-9 in full */
  objectiveTolerance: 1e7 * Number.EPSILON,
  memory: 10,
} as const;

export function linearProtocol(task: LinearTask, metric: LinearMetric, mode: LinearMode): LinearProtocol {
  return {
    evaluation: "many-shot-linear",
    version: 1,
    task,
    metric,
    classifier:
      task === "multi-class"
        ? "multinomial logistic regression with intercept"
        : "a two-class multinomial logistic regression with intercept for each class",
    objective:
      "sum of cross-entropy + weight decay / 2 * squared norm of the weights, intercept not penalised",
    weightDecays: { from: 1e-6, to: 1e5, count: WEIGHT_DECAYS.length, scale: "log" },
    selection: "best validation score, the first of equals in ascending weight decay",
    refit: "train+val",
    solver:
      mode === "converged"
        ? {
            mode,
            optimum: true,
            criterion: CRITERION,
            relativeWeightTolerance: SWEEP_TOLERANCE,
            refitTolerance: REFIT_TOLERANCE,
          }
        : {
            mode,
            algorithm: "L-BFGS-B",
            ...SCIPY,
            warmStart: "every fit from the one before it, ascending weight decay",
          },
  };
}

export interface LinearEvaluationOptions {
  readonly mode: LinearMode;
}

/** @param origin what else made the features and splits: preprocessing, rules; part of the fingerprint */
export function linearDescription(
  { task, metric }: { readonly task: LinearTask; readonly metric: LinearMetric },
  mode: LinearMode,
  origin: JsonRecord,
): ProtocolDescription {
  const body = { ...linearProtocol(task, metric, mode), ...origin };
  return describeProtocol("many-shot-linear", `Many-shot linear, ${mode}`, body);
}
