/**
 * One fit to its optimum by Newton's method: steps from conjugate gradients in float32, held to an optimum that is
 * checked in float64, and corrected from gradients in float64 where float32's rounding is in the way.
 *
 * The criterion is ||gradient|| <= tolerance * penalty * ||W||. The objective is penalty-strongly convex in W,
 * so the weights are then within `tolerance`, relatively, of the optimum: a statement about the result that does
 * not depend on where the search began.
 */
import { convexSearch } from "../optim/lbfgs-search.ts";
import { addScaled, dot, largest } from "../optim/lbfgs-vector.ts";
import type { LinearProducts, LossAt, LossGradient } from "./loss.ts";
import type { NewtonCg } from "./newton-cg.ts";
import type { InverseHessian } from "./preconditioner.ts";

export type FitStatus = "converged" | "iteration-limit" | "line-search-failed";

export interface Solver {
  readonly single: LinearProducts;
  readonly double: LinearProducts;
  /** The gradient that an optimum is checked with. */
  readonly doubleGradient: LossGradient;
  readonly newtonCg: NewtonCg;
  readonly loss: LossAt;
  /** Root mean square norm of a sample's features: what rounding is measured by. */
  readonly rowNorm: number;
  readonly inverse: (penalty: number, residuals: Float64Array) => InverseHessian;
}

export interface Fit {
  readonly x: Float64Array;
  readonly objective: number;
  /** The largest absolute component of the gradient. */
  readonly gradientNorm: number;
  /** Of conjugate gradients, over all Newton steps: two products each. */
  readonly iterations: number;
  readonly status: FitStatus;
  /** Iterations of these from gradients in float64, as float32 was not exact enough for theirs. */
  readonly inDouble: number;
}

export interface SolveOptions {
  /** Held against the gradient's norm in place of `tolerance`'s criterion: for protocols that state it so. */
  readonly gradientLimit?: number | undefined;
  /** Ends without the check in float64: for a solution that another starts from. */
  readonly rough?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onIteration?: (() => void) | undefined;
}

const MAX_ITERATIONS = 3000;
/** Of one Newton step: beyond it, a fresh gradient is worth more. */
const MAX_STEP_ITERATIONS = 300;
/** Four times float32's rounding unit: the error of a gradient computed in it, for residuals and rows of norm 1. */
const SINGLE_ERROR = 2.4e-7;
/** By how much a Newton step is to reduce the gradient, at least, where nothing is known of the function's bend. */
const FIRST_REDUCTION = 0.1;
/** How far one Newton step in float32 can reduce the gradient. */
const SINGLE_REDUCTION = 1e-4;
/** Aimed lower than needed, so that the check in float64 passes. */
const MARGIN = 0.6;

export async function solve(
  { single, double, doubleGradient, newtonCg, loss, rowNorm, inverse }: Solver,
  start: Float64Array,
  penalty: number,
  tolerance: number,
  { gradientLimit, rough = false, signal, onIteration }: SolveOptions = {},
): Promise<Fit> {
  const { samples, classes } = single;
  const weights = single.features * classes;
  const w = start.slice();
  const x = w.subarray(0, weights);
  const logits = new Float64Array(samples * classes);
  const residuals = new Float64Array(samples * classes);
  let products = single;
  let iterations = 0;
  let inDouble = 0;
  let objective = Number.NaN;
  let reduction = FIRST_REDUCTION;
  let before: { readonly steep: number; readonly residualNorm: number } | undefined;

  const evaluate = () => {
    objective = loss(logits, undefined, 0, residuals).loss + (penalty / 2) * dot(x, x);
    if (!Number.isFinite(objective)) {
      throw new RangeError(`the objective is ${objective} at the starting point: check the data`);
    }
  };
  let checked: Float64Array | undefined;
  /** Goes on in float64, from the gradient there. */
  const check = async () => {
    products = double;
    const at = await doubleGradient(w);
    logits.set(at.logits);
    checked = at.gradient;
    evaluate();
  };
  logits.set(await single.logits(w));
  evaluate();
  for (;;) {
    signal?.throwIfAborted();
    const gradient = checked ?? (await products.gradient(residuals));
    checked = undefined;
    const slope = gradient.subarray(0, weights);
    addScaled(slope, penalty, x);
    const steep = Math.sqrt(dot(slope, slope));
    const limit = gradientLimit ?? tolerance * penalty * Math.sqrt(dot(x, x));
    const intercept = interceptState(gradient.subarray(weights), residuals);
    const exact = products === double;
    const share = exact ? 1 : 0.9;
    const settled =
      gradientLimit === undefined ? intercept.worst <= share * tolerance : intercept.largest <= share * limit;
    const there = steep <= share * limit && settled;
    const done = (status: FitStatus): Fit => ({
      x: w,
      objective,
      gradientNorm: largest(gradient),
      iterations,
      status,
      inDouble,
    });
    if (there && (exact || rough)) return done("converged");
    const rounded = steep <= SINGLE_ERROR * rowNorm * Math.sqrt(dot(residuals, residuals));
    // With a limit far below float32's rounding, a step that gained nothing says that it is reached, whatever was estimated.
    const stalled = gradientLimit !== undefined && before !== undefined && steep > before.steep / 4;
    if (!exact && (there || rounded || stalled)) {
      await check();
      continue;
    }
    if (iterations >= MAX_ITERATIONS) return done("iteration-limit");

    // What the last step missed by is the function's bend, which a step shorter by as much sees less of.
    if (before) {
      const bend = Math.max(0, steep - before.residualNorm) / before.steep;
      reduction = Math.min(FIRST_REDUCTION, bend * (steep / before.steep));
      // Where the limit is far below, float32 has no such step to give: what it can is taken, and then the next.
      if (gradientLimit !== undefined) reduction = Math.max(reduction, SINGLE_REDUCTION);
    }
    const step = await newtonCg.solve({
      gradient,
      residuals,
      penalty,
      inverse: inverse(penalty, residuals),
      tolerance: Math.max(MARGIN * limit, reduction * steep),
      interceptTolerance:
        gradientLimit === undefined
          ? Math.max(MARGIN * tolerance * intercept.smallest, reduction * intercept.largest)
          : Math.max(MARGIN * limit, reduction * Math.max(intercept.largest, steep)),
      maxIterations: Math.min(MAX_STEP_ITERATIONS, MAX_ITERATIONS - iterations),
      signal,
      onIteration,
    });
    iterations += step.iterations;
    if (exact) inDouble += step.iterations;
    before = { steep, residualNorm: step.residualNorm };

    // float32's change of the logits is off by more than what is left to gain, where the check in float64 failed.
    const change = exact ? await double.logits(step.step) : step.change;
    const along = step.step.subarray(0, weights);
    const [xx, xd, dd] = [dot(x, x), dot(x, along), dot(along, along)];
    let tried = Number.NaN;
    const line = {
      at: (length: number) => {
        const { loss: value, slope } = loss(logits, change, length, residuals);
        tried = value + (penalty / 2) * (xx + 2 * length * xd + length * length * dd);
        return {
          value: tried,
          slope: slope + penalty * (xd + length * dd),
        };
      },
    };
    const downhill = dot(gradient, step.step);
    const found = downhill < 0 ? convexSearch(line, objective, downhill, 1, 20) : undefined;
    if (!found) {
      if (exact) return done("line-search-failed");
      await check();
      continue;
    }
    addScaled(w, found.step, step.step);
    addScaled(logits, found.step, change);
    // The search ends on the step that it tried last: the residuals are those of this point.
    objective = tried;
  }
}

/**
 * The intercept is not penalised: its gradient, a sum of residuals, is held against the sum of their sizes. `worst` is
 * the largest ratio of the two, `largest` the largest gradient, `smallest` the smallest sum.
 */
function interceptState(
  gradient: Float64Array,
  residuals: Float64Array,
): { worst: number; largest: number; smallest: number } {
  const classes = gradient.length;
  const sizes = new Float64Array(classes);
  for (let row = 0; row < residuals.length; row += classes) {
    for (let k = 0; k < classes; k++) sizes[k] = sizes[k]! + Math.abs(residuals[row + k]!);
  }
  const worst = gradient.reduce(
    (most, g, k) => (g === 0 ? most : Math.max(most, Math.abs(g) / sizes[k]!)),
    0,
  );
  return { worst, largest: largest(gradient), smallest: sizes.reduce((a, b) => Math.min(a, b)) };
}
