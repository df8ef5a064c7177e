/**
 * One fit to its optimum: L-BFGS on float32 products, then a check in float64, and float64 products for the
 * rest of the way where float32's rounding is in the way of the tolerance.
 *
 * The criterion is ||gradient|| <= tolerance * penalty * ||W||. The objective is penalty-strongly convex in W,
 * so the weights are then within `tolerance`, relatively, of the optimum, and the objective within its square:
 * a statement about the result that does not depend on where the search began.
 */
import { type Minimum, minimise, type Point } from "../optim/lbfgs.ts";
import type { LinearProducts, LossAt } from "./linear-loss.ts";
import { LinearObjective } from "./linear-objective.ts";
import type { FitStatus } from "./linear-record.ts";

export interface Solver {
  readonly single: LinearProducts;
  readonly double: LinearProducts;
  readonly loss: LossAt;
  /** Applies an approximate inverse Hessian to a gradient, in place. */
  readonly precondition?: (
    penalty: number,
    residuals: Float64Array,
  ) => (gradient: Float64Array) => Promise<void>;
}

export interface Fit extends Pick<Minimum, "x" | "objective" | "gradientNorm" | "iterations"> {
  readonly status: FitStatus;
  /** Iterations of these that float32 was not exact enough for. */
  readonly inDouble: number;
}

const MAX_ITERATIONS = 3000;
/** float32 iterations beyond which no progress means that rounding is in the way. */
const MAX_SINGLE = 1000;
const MEMORY = 20;

export async function solve(
  solver: Solver,
  start: Float64Array,
  penalty: number,
  tolerance: number,
  signal?: AbortSignal,
): Promise<Fit> {
  const { single, double, loss } = solver;
  const weights = single.features * single.classes;
  const run = (products: LinearProducts, from: Float64Array, maxIterations: number, aim: number) => {
    const objective = new LinearObjective(products, loss, penalty);
    let precondition: ((gradient: Float64Array) => Promise<void>) | undefined;
    return minimise(objective, from, {
      memory: MEMORY,
      maxIterations,
      signal,
      converged: (x, point) => isConverged(x, point, objective.residuals, weights, penalty, aim),
      ...(solver.precondition && {
        precondition: async (gradient: Float64Array) => {
          precondition ??= solver.precondition!(penalty, objective.residuals);
          await precondition(gradient);
        },
      }),
    });
  };
  // Aimed a little lower, so that the check in float64 passes where rounding allows.
  const fast = await run(single, start, MAX_SINGLE, 0.7 * tolerance);
  const exact = await run(double, fast.x, MAX_ITERATIONS, tolerance);
  return {
    x: exact.x,
    objective: exact.objective,
    gradientNorm: exact.gradientNorm,
    iterations: fast.iterations + exact.iterations,
    inDouble: exact.iterations,
    status: exact.status,
  };
}

function isConverged(
  x: Float64Array,
  { gradient }: Point,
  residuals: Float64Array,
  weights: number,
  penalty: number,
  tolerance: number,
): boolean {
  let steep = 0;
  let norm = 0;
  for (let i = 0; i < weights; i++) {
    steep += gradient[i]! * gradient[i]!;
    norm += x[i]! * x[i]!;
  }
  if (!(Math.sqrt(steep) <= tolerance * penalty * Math.sqrt(norm))) return false;
  // The intercept is not penalised: its gradient, a sum of residuals, is held against their size.
  const classes = gradient.length - weights;
  const size = new Float64Array(classes);
  for (let row = 0; row < residuals.length; row += classes) {
    for (let k = 0; k < classes; k++) size[k] = size[k]! + Math.abs(residuals[row + k]!);
  }
  return size.every((total, k) => Math.abs(gradient[weights + k]!) <= tolerance * total);
}
