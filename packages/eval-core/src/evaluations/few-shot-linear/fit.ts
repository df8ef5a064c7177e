/**
 * Few-shot linear evaluation as the MIEB benchmark runs it (Xiao et al. 2025; mteb's code): logistic regression with C = 1 on
 * at most 16 rows of each class, scored on the whole test split, over five draws. Features as they are.
 */
import {
  accuracy,
  type ClassificationReport,
  classificationReport,
  topClasses,
} from "../../metrics/index.ts";
import { fitLikeScikitLearn, type LogisticFit, openLogistic } from "../../probe/logistic.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { pick } from "../probes/rows.ts";

export type FewShotMode = "converged" | "paper-exact";

/** The optimum: the gradient of the sum of losses, per component. */
const GRADIENT_LIMIT = 1e-6;

/** scikit-learn before 1.4: 1e-4 on the sum's gradient, or SciPy's relative decrease. */
const SCIKIT_LEARN = {
  maxIterations: 100,
  gradientTolerance: 1e-4,
  objectiveTolerance: 1e7 * Number.EPSILON,
  memory: 10,
} as const;

export interface DrawInput {
  readonly train: { readonly x: Tensor<"float32">; readonly y: ArrayLike<number> };
  readonly test: { readonly x: Tensor<"float32">; readonly y: ArrayLike<number> };
  readonly classes: number;
  readonly c: number;
  readonly mode: FewShotMode;
  readonly device?: DeviceChoice | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DrawResult extends Omit<LogisticFit, "solution">, ClassificationReport {
  readonly rows: number;
  readonly accuracy: number;
}

/** One draw: fitted on `rows` of train, scored on all of test. */
export async function fitDraw(
  input: DrawInput,
  rows: ArrayLike<number>,
): Promise<DrawResult & { readonly logits: Float64Array }> {
  const { train, test, classes, c, mode, device, signal } = input;
  const x = pick(train.x, rows);
  const labels = Int32Array.from({ length: rows.length }, (_, i) => train.y[rows[i]!]!);
  const { logits, fit } = await fitted(mode);
  const predicted = topClasses({ shape: [test.x.shape[0]!, classes], data: logits });
  const { objective, gradientNorm, iterations, status } = fit;
  return {
    rows: rows.length,
    objective,
    gradientNorm,
    iterations,
    status,
    accuracy: accuracy(predicted, test.y, classes).value,
    ...classificationReport(predicted, test.y, classes),
    logits,
  };

  async function fitted(mode: FewShotMode): Promise<{ logits: Float64Array; fit: LogisticFit }> {
    if (mode === "paper-exact") {
      const fit = await fitLikeScikitLearn({ x, labels, signal }, c, SCIKIT_LEARN);
      return { fit, logits: await fit.logits(test.x, classes) };
    }
    await using logistic = await openLogistic({ x, labels, device, signal });
    const fit = await logistic.fit(c, { gradientLimit: GRADIENT_LIMIT });
    return { fit, logits: await logistic.logits(test.x, fit.solution, classes) };
  }
}
