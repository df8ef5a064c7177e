/**
 * One fit to its optimum: L-BFGS on float32 products, then a check in float64, and float64 products for the
 * rest of the way where float32's rounding is in the way of the tolerance.
 *
 * The criterion is ||gradient|| <= tolerance * penalty * ||W||. The objective is penalty-strongly convex in W,
 * so the weights are then within `tolerance`, relatively, of the optimum: a statement about the result that does
 * not depend on where the search began. Where the decay is too weak for that to be computed, the same convexity
 * vouches for the objective instead: it is within ||gradient||^2 / (2 penalty) of its minimum, and that is to be at
 * most GAP of it.
 */
import { type Minimum, minimise, type Point } from "../optim/lbfgs.ts";
import type { LinearProducts, LossAt } from "./linear-loss.ts";
import { LinearObjective } from "./linear-objective.ts";
import type { FitStatus } from "./linear-record.ts";

export interface Solver {
  readonly single: LinearProducts;
  readonly double: LinearProducts;
  readonly loss: LossAt;
  /** Root mean square norm of a sample's features: what rounding is measured by. */
  readonly rowNorm: number;
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

const GAP = 1e-7;
const MAX_ITERATIONS = 3000;
/** float32 iterations beyond which no progress means that rounding is in the way. */
const MAX_SINGLE = 1000;
const MEMORY = 10;
/** Four times float32's rounding unit: the error of a gradient computed in it, for residuals and rows of norm 1. */
const SINGLE_ERROR = 2.4e-7;

export async function solve(
  solver: Solver,
  start: Float64Array,
  penalty: number,
  tolerance: number,
  signal?: AbortSignal,
): Promise<Fit> {
  const { single, double, loss } = solver;
  const weights = single.features * single.classes;
  const run = (
    products: LinearProducts,
    from: Float64Array,
    maxIterations: number,
    aim: number,
    rounding: number,
  ) => {
    const objective = new LinearObjective(products, loss, penalty);
    return minimise(objective, from, {
      memory: MEMORY,
      maxIterations,
      signal,
      converged: (x, point) => isConverged(x, point, objective.residuals, weights, penalty, aim, rounding),
      ...(solver.precondition && {
        // From the residuals of the moment: far from the optimum the curvature is another one.
        precondition: (gradient: Float64Array) =>
          solver.precondition!(penalty, objective.residuals)(gradient),
      }),
    });
  };
  // Aimed a little lower, so that the check in float64 passes where rounding allows.
  const fast = await run(single, start, MAX_SINGLE, 0.7 * tolerance, SINGLE_ERROR * solver.rowNorm);
  const exact = await run(double, fast.x, MAX_ITERATIONS, tolerance, 0);
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
  { gradient, objective }: Point,
  residuals: Float64Array,
  weights: number,
  penalty: number,
  tolerance: number,
  rounding: number,
): boolean {
  let steep = 0;
  let norm = 0;
  for (let i = 0; i < weights; i++) {
    steep += gradient[i]! * gradient[i]!;
    norm += x[i]! * x[i]!;
  }
  if (rounding > 0 && Math.sqrt(steep) <= rounding * Math.sqrt(squares(residuals))) return true;
  const near = Math.sqrt(steep) <= tolerance * penalty * Math.sqrt(norm);
  const vouched = rounding === 0 && steep <= 2 * penalty * GAP * objective;
  if (!near && !vouched) return false;
  // The intercept is not penalised: its gradient, a sum of residuals, is held against their size.
  const classes = gradient.length - weights;
  const size = new Float64Array(classes);
  for (let row = 0; row < residuals.length; row += classes) {
    for (let k = 0; k < classes; k++) size[k] = size[k]! + Math.abs(residuals[row + k]!);
  }
  return size.every((total, k) => Math.abs(gradient[weights + k]!) <= tolerance * total);
}

function squares(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
