/**
 * DINOv3's logistic regression on features as they are: 45 values of C, the first best by validation accuracy, that is the
 * strongest regularisation of equals; refitted on train and validation together, scored once on test.
 */

import { accuracy, meanPerClassAccuracy, topClasses } from "../../metrics/index.ts";
import { fitLikeScikitLearn, openLogistic } from "../../probe/logistic.ts";
import {
  gradientLimitOf,
  type LabelledRows,
  refitAt,
  type SweepPoint,
  type SweepState,
  sweepOverC,
} from "../../probe/sweep.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import { joinedRows } from "../probes/rows.ts";

/**
 * 10^p for p = linspace(-6, 5, 45) as PyTorch makes it in float32: the nearest float32 of each, but for the fourth, where
 * its power is one unit in the last place below.
 */
export const C_GRID: readonly number[] = Array.from({ length: 45 }, (_, i) =>
  i === 3 ? 0.0000056234130170196295 : Math.fround(10 ** (-6 + i / 4)),
);

/** LogisticRegression(max_iter=1000, tol=1e-12), and SciPy's defaults under it. */
const SCIKIT_LEARN = {
  maxIterations: 1000,
  gradientTolerance: 1e-12,
  objectiveTolerance: 1e7 * Number.EPSILON,
  memory: 10,
} as const;

export type Dinov3Mode = "converged" | "paper-exact";
export type SelectionMetric = "accuracy" | "mean-per-class-accuracy";

export interface ChoiceOptions {
  readonly train: LabelledRows;
  readonly validation: LabelledRows;
  readonly classes: number;
  readonly metric: SelectionMetric;
  readonly mode: Dinov3Mode;
  readonly cs?: readonly number[];
  readonly device?: DeviceChoice | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly resume?: { readonly state?: SweepState | undefined; readonly save: (state: SweepState) => void };
  readonly onProgress?: ((done: number, total: number, note?: string) => void) | undefined;
}

export interface Dinov3Options extends ChoiceOptions {
  readonly test: LabelledRows;
}

export interface Choice {
  readonly sweep: readonly SweepPoint[];
  readonly chosen: number;
  /** The values of C that tie for the best. */
  readonly ties: readonly number[];
}

export interface Dinov3Result extends Choice {
  readonly refit: Omit<SweepPoint, "c" | "validation">;
  /** test rows x classes, float64 */
  readonly logits: Float64Array;
}

export async function fitDinov3(options: Dinov3Options): Promise<Dinov3Result> {
  const { train, validation, test, classes, mode, device, signal, onProgress, cs = C_GRID } = options;
  const choice = await chooseC(options);
  const both = joinedRows(train, validation);
  if (mode === "paper-exact") {
    const fit = await fitLikeScikitLearn({ x: both.x, labels: both.y, signal }, choice.chosen, SCIKIT_LEARN);
    return { ...choice, refit: summary(fit), logits: await fit.logits(test.x, classes) };
  }
  let iterations = 0;
  const onIteration = () => onProgress?.(cs.length, cs.length, `refit, iteration ${++iterations}`);
  await using logistic = await openLogistic({ x: both.x, labels: both.y, device, signal });
  const fit = await refitAt(logistic, cs, choice.chosen, gradientLimitOf(both.y.length), onIteration);
  const logits = await logistic.logits(test.x, fit.solution, classes);
  return { ...choice, refit: summary(fit), logits };
}

/** The first best C on validation, which is the strongest regularisation of equals. */
export async function chooseC(options: ChoiceOptions): Promise<Choice> {
  const { train, validation, classes, metric, mode, device, signal, resume, onProgress } = options;
  const cs = options.cs ?? C_GRID;
  const score = scoreBy(metric, classes);
  const sweep =
    mode === "converged"
      ? await sweepOverC({
          ...{ train, validation, classes, cs, score, device, signal, onProgress },
          state: resume?.state,
          save: resume?.save,
        })
      : await sweepOnPath(options, cs, score);
  const best = Math.max(...sweep.map((point) => point.validation));
  const ties = sweep.filter((point) => point.validation === best).map(({ c }) => c);
  return { sweep, chosen: ties[0]!, ties };
}

async function sweepOnPath(
  { train, validation, classes, signal, resume, onProgress }: ChoiceOptions,
  cs: readonly number[],
  score: (logits: Float64Array, labels: Int32Array) => number,
): Promise<readonly SweepPoint[]> {
  let points = resume?.state?.points ?? [];
  for (const c of cs.slice(points.length)) {
    signal?.throwIfAborted();
    const fit = await fitLikeScikitLearn({ x: train.x, labels: train.y, signal }, c, SCIKIT_LEARN);
    const logits = await fit.logits(validation.x, classes);
    points = [...points, { c, ...summary(fit), validation: score(logits, validation.y) }];
    resume?.save({ points, solutions: [] });
    onProgress?.(points.length, cs.length);
  }
  return points;
}

export function scoreBy(metric: SelectionMetric, classes: number) {
  return (logits: Float64Array, labels: Int32Array): number => {
    const predicted = topClasses({ shape: [labels.length, classes], data: logits });
    const found = metric === "accuracy" ? accuracy : meanPerClassAccuracy;
    return found(predicted, labels, classes).value;
  };
}

function summary({ objective, gradientNorm, iterations, status }: Omit<SweepPoint, "c" | "validation">) {
  return { objective, gradientNorm, iterations, status };
}
