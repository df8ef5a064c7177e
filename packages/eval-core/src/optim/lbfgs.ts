/**
 * L-BFGS (Nocedal 1980): minimises a smooth function of a flat Float64Array and knows nothing of models.
 *
 * The function is asked for along lines, not at points: a model whose predictions are linear in its parameters
 * prepares a line once (one matrix product), tries steps on it for nearly nothing, and pays a second product
 * for the gradient where it stops. `pointwise` makes such an objective of any value-and-gradient function.
 *
 * Two styles. `convex` searches lines by the secant rule on slopes.
 * `scipy` takes the path of SciPy's L-BFGS-B without bounds (Zhu, Byrd, Lu and Nocedal's version 3.0): first
 * step 1/||g||, Moré and Thuente's search, restart after a failed search, stop on the largest |gradient| or on
 * the relative decrease of the objective.
 */
import { LbfgsMemory } from "./lbfgs-memory.ts";
import { convexSearch, type Line, moreThuente, type SearchResult } from "./lbfgs-search.ts";
import { dot, largest } from "./lbfgs-vector.ts";

export type { Line } from "./lbfgs-search.ts";

export interface Point {
  readonly objective: number;
  /** Valid until the next call of `start` or `accept`. */
  readonly gradient: Float64Array;
}

export interface Objective {
  start(x: Float64Array): Promise<Point>;
  /** The line from the current point; may round `direction` in place to what it can represent. */
  along(direction: Float64Array): Promise<Line>;
  /** Moves to the point at `step`, which is the last one that was tried on the line. */
  accept(step: number): Promise<Point>;
}

export type MinimumStatus = "converged" | "iteration-limit" | "line-search-failed";

export interface Minimum {
  readonly x: Float64Array;
  readonly objective: number;
  readonly gradient: Float64Array;
  /** The largest absolute component, as SciPy's pgtol and scikit-learn's tol measure it. */
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly status: MinimumStatus;
}

export interface LbfgsOptions {
  readonly style?: "convex" | "scipy";
  /** Correction pairs kept; 10, SciPy's. */
  readonly memory?: number;
  readonly maxIterations: number;
  /** Converged when the largest |gradient| is at most this; 0 leaves it to the other criteria. */
  readonly gradientTolerance?: number;
  /** Converged when (f_old - f) / max(|f_old|, |f|, 1) is at most this; off unless told. */
  readonly objectiveTolerance?: number;
  /** Trials a line search may take; 20, SciPy's. */
  readonly maxTrials?: number;
  readonly signal?: AbortSignal | undefined;
}

/** @throws the signal's reason when it is aborted; RangeError when the objective is not finite at the start. */
export async function minimise(
  objective: Objective,
  start: Float64Array,
  options: LbfgsOptions,
): Promise<Minimum> {
  const { style = "convex", memory: kept = 10, maxIterations, gradientTolerance = 0 } = options;
  const x = start.slice();
  const memory = new LbfgsMemory(kept, x.length);
  const direction = new Float64Array(x.length);
  const before = new Float64Array(x.length);
  let point = await objective.start(x);
  if (!Number.isFinite(point.objective)) {
    throw new RangeError(`the objective is ${point.objective} at the starting point: check the data`);
  }
  let iterations = 0;
  const done = (status: MinimumStatus): Minimum => ({
    x,
    objective: point.objective,
    gradient: point.gradient,
    gradientNorm: largest(point.gradient),
    iterations,
    status,
  });
  const settled = () => largest(point.gradient) <= gradientTolerance;
  if (settled()) return done("converged");

  while (iterations < maxIterations) {
    options.signal?.throwIfAborted();
    before.set(point.gradient);
    memory.direction(before, direction);
    let slope = dot(before, direction);
    if (!(slope < 0) && memory.pairs > 0) {
      memory.clear();
      continue;
    }
    const line = await objective.along(direction);
    slope = dot(before, direction);
    const first = iterations === 0 ? Math.min(1 / Math.sqrt(dot(direction, direction)), 1e10) : 1;
    const search = style === "scipy" ? moreThuente : convexSearch;
    const found: SearchResult | undefined =
      slope < 0 ? search(line, point.objective, slope, first, options.maxTrials ?? 20) : undefined;
    if (!found) {
      // Without corrections the direction was steepest descent itself: nothing is left to try.
      if (memory.pairs === 0) return done("line-search-failed");
      memory.clear();
      continue;
    }
    const old = point.objective;
    for (let i = 0; i < x.length; i++) x[i] = x[i]! + found.step * direction[i]!;
    point = await objective.accept(found.step);
    iterations++;
    // SciPy looks at the limit before it looks at the tolerances.
    if (style === "scipy" && iterations >= maxIterations) break;
    if (settled()) return done("converged");
    const decrease = (old - point.objective) / Math.max(Math.abs(old), Math.abs(point.objective), 1);
    if (options.objectiveTolerance !== undefined && decrease <= options.objectiveTolerance) {
      return done("converged");
    }
    memory.add(direction, found.step, before, point.gradient, slope);
  }
  return done("iteration-limit");
}

/** An objective over any value-and-gradient function, for what has no cheaper way along a line. */
export function pointwise(
  f: (x: Float64Array) => { readonly objective: number; readonly gradient: Float64Array },
): Objective {
  let at = new Float64Array();
  let heading = at;
  let tried = { step: Number.NaN, point: { objective: Number.NaN, gradient: at } as Point };
  const moved = (step: number) => at.map((value, i) => value + step * heading[i]!);
  return {
    start: async (x) => {
      at = x.slice();
      return f(at);
    },
    along: async (direction) => {
      heading = direction.slice();
      return {
        at: (step) => {
          const point = f(moved(step));
          tried = { step, point };
          return { value: point.objective, slope: dot(point.gradient, heading) };
        },
      };
    },
    accept: async (step) => {
      at = moved(step);
      return tried.step === step ? tried.point : f(at);
    },
  };
}
