/**
 * A sweep over C at converged optima: from strong regularisation to weak, each fit started where the path of the ones
 * before leads. The optimum does not depend on that; how soon it is found does.
 */

import type { DeviceChoice } from "../runtime/index.ts";
import type { Tensor } from "../tensor/index.ts";
import type { Affine } from "./affine.ts";
import { type Logistic, openLogistic } from "./logistic.ts";
import { extrapolated, remembered } from "./path.ts";
import type { FitStatus } from "./solve.ts";

export interface LabelledRows {
  /** rows x features */
  readonly x: Tensor<"float32">;
  /** A class a row. */
  readonly y: Int32Array;
}

export interface SweepPoint {
  readonly c: number;
  readonly objective: number;
  /** On the validation rows. */
  readonly validation: number;
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly status: FitStatus;
}

/** What an interrupted sweep goes on from. */
export interface SweepState {
  readonly points: readonly SweepPoint[];
  /** The newest solutions, newest first. */
  readonly solutions: readonly Float64Array[];
}

export interface SweepOptions {
  readonly train: LabelledRows;
  readonly validation: LabelledRows;
  readonly classes: number;
  /** Ascending, in equal steps of their logarithm. */
  readonly cs: readonly number[];
  readonly standardise?: Affine;
  /** The value that a C is chosen by, of validation logits (rows x classes). */
  readonly score: (logits: Float64Array, labels: Int32Array) => number;
  readonly device?: DeviceChoice | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly state?: SweepState | undefined;
  readonly save?: ((state: SweepState) => void) | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The gradient's components at an optimum: 1e-8, and in proportion for more than a thousand rows. */
export function gradientLimitOf(rows: number): number {
  return 1e-8 * Math.max(1, rows / 1000);
}

export async function sweepOverC(options: SweepOptions): Promise<readonly SweepPoint[]> {
  const { train, validation, cs, device, signal, standardise } = options;
  let state: SweepState = options.state ?? { points: [], solutions: [] };
  options.onProgress?.(state.points.length, cs.length);
  if (state.points.length === cs.length) return state.points;
  const problem = { x: train.x, labels: train.y, device, signal, ...(standardise ? { standardise } : {}) };
  await using logistic = await openLogistic(problem);
  const gradientLimit = gradientLimitOf(train.y.length);
  for (const c of cs.slice(state.points.length)) {
    signal?.throwIfAborted();
    const { solution, ...fit } = await logistic.fit(c, {
      gradientLimit,
      start: extrapolated(state.solutions),
    });
    const logits = await logistic.logits(validation.x, solution, options.classes);
    state = {
      points: [...state.points, { c, ...fit, validation: options.score(logits, validation.y) }],
      solutions: remembered(solution, state.solutions),
    };
    options.save?.(state);
    options.onProgress?.(state.points.length, cs.length);
  }
  return state.points;
}

/** The refit on more rows: along a few larger steps of C, so that it starts near its optimum. */
export async function refitAt(
  logistic: Logistic,
  cs: readonly number[],
  chosen: number,
  gradientLimit: number,
  onIteration?: () => void,
): ReturnType<Logistic["fit"]> {
  let solutions: readonly Float64Array[] = [];
  for (const c of cs.filter((c, i) => c < chosen && i % 3 === cs.indexOf(chosen) % 3)) {
    // On the way nothing needs to be an optimum to the last digit.
    const rough = await logistic.fit(c, {
      gradientLimit: gradientLimit * 1e4,
      start: extrapolated(solutions),
      onIteration,
    });
    solutions = remembered(rough.solution, solutions);
  }
  return logistic.fit(chosen, { gradientLimit, start: extrapolated(solutions), onIteration });
}
