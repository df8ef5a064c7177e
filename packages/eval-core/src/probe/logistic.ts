/**
 * L2 logistic regression by its C, as scikit-learn states it, at its optimum or on scikit-learn's own path:
 *
 *     Σ cross-entropy + ||W||² / (2 C), intercept free        two classes: one logit; three or more: softmax
 *
 * Two columns of a softmax with the same C would be another optimum than one logit. Rows of classes that have none here
 * do not exist: the columns are the classes that are present.
 */
import { type Minimum, minimise } from "../optim/lbfgs.ts";
import type { DeviceChoice } from "../runtime/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { type Affine, affineGradient, affineProducts, momentsOf, transformed } from "./affine.ts";
import { compacted, NEVER, presentClasses, recolumned } from "./classes.ts";
import { openFeatures } from "./device.ts";
import { type LinearLabels, type LinearTask, lossOf } from "./loss.ts";
import { LinearObjective } from "./objective.ts";
import { Preconditioner, subtractRowMeans } from "./preconditioner.ts";
import { type FitStatus, solve } from "./solve.ts";

/** What was given cannot be fitted; one sentence for the user. */
export class LogisticError extends Error {
  override readonly name = "LogisticError";
}

export interface LogisticProblem {
  /** rows x features */
  readonly x: Tensor<"float32">;
  /** A class a row. */
  readonly labels: Int32Array;
  /** Features are these and not x itself; the penalty is on their weights. */
  readonly standardise?: Affine;
  readonly device?: DeviceChoice | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LogisticFit {
  /** In the layout of the parameters, of centred (or standardised) features; what the next fit may start from. */
  readonly solution: Float64Array;
  readonly objective: number;
  /** The largest absolute component of the gradient, in float64. */
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly status: FitStatus;
}

export interface FitOptions {
  /** The optimum: every component of the gradient below this. */
  readonly gradientLimit: number;
  readonly start?: Float64Array | undefined;
  readonly onIteration?: (() => void) | undefined;
}

export interface Logistic extends AsyncDisposable {
  /** The classes that have rows, ascending. */
  readonly present: readonly number[];
  fit(c: number, options: FitOptions): Promise<LogisticFit>;
  /** Logits of other rows by a fit, rows x classes in float64; a class without rows gets one that never wins. */
  logits(x: Tensor<"float32">, solution: Float64Array, classes: number): Promise<Float64Array>;
}

/** @throws LogisticError where the rows are of fewer than two classes */
export async function openLogistic(problem: LogisticProblem): Promise<Logistic> {
  const { x, device = "auto", signal } = problem;
  const features = x.shape[1]!;
  const form = formOf(problem.labels);
  const affine = problem.standardise ?? centring(x.data, features);
  const rounded = { ...x, data: transformed(x.data, affine) };
  await using opening = new AsyncDisposableStack();
  const single = opening.use(await openFeatures(rounded, device));
  const raw = opening.use(await openFeatures(x, "cpu"));
  const squares = rounded.data.reduce((sum, value) => sum + value * value, 0);
  const rank = await Preconditioner.of((columns) => single.products(columns, "single"), single, squares);
  const { task, labels, columns } = form;
  const solver = {
    single: await single.products(columns, "single"),
    double: affineProducts(await raw.products(columns, "double"), affine),
    doubleGradient: affineGradient(await raw.doubleGradient(task, labels, columns), columns, affine),
    newtonCg: await single.newtonCg(task, labels, columns, rank.basis),
    rowNorm: Math.sqrt(squares / x.shape[0]!),
    loss: lossOf(task, labels, columns),
    inverse: (penalty: number, residuals: Float64Array) => rank.at(penalty, residuals, columns),
  };
  const resources = opening.move();
  return {
    present: form.present,
    fit: async (c, { gradientLimit, start, onIteration }) => {
      const from = start?.slice() ?? new Float64Array((features + 1) * columns);
      if (columns > 1) subtractRowMeans(from, columns);
      const found = await solve(solver, from, 1 / c, 0, { gradientLimit, signal, onIteration });
      const { x: solution, objective, gradientNorm, iterations, status } = found;
      return { solution, objective, gradientNorm, iterations, status };
    },
    logits: (rows, solution, classes) => logitsOf(rows, solution, form, classes, affine),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

export interface ScipyOptions {
  readonly maxIterations: number;
  /** On the largest component of the gradient of the sum. */
  readonly gradientTolerance: number;
  readonly objectiveTolerance: number;
  readonly memory: number;
}

export interface PathFit extends LogisticFit {
  logits(x: Tensor<"float32">, classes: number): Promise<Float64Array>;
}

/** LogisticRegression(solver="lbfgs").fit from zero, in float64: where it stops, it stops. */
export async function fitLikeScikitLearn(
  { x, labels, standardise, signal }: LogisticProblem,
  c: number,
  options: ScipyOptions,
): Promise<PathFit> {
  const form = formOf(labels);
  const { task, columns } = form;
  await using raw = await openFeatures(x, "cpu");
  const plain = await raw.products(columns, "double");
  const products = standardise ? affineProducts(plain, standardise) : plain;
  const objective = new LinearObjective(products, lossOf(task, form.labels, columns), 1 / c);
  const found: Minimum = await minimise(objective, new Float64Array((x.shape[1]! + 1) * columns), {
    style: "scipy",
    ...options,
    signal,
  });
  const { x: solution, gradientNorm, iterations, status } = found;
  return {
    solution,
    objective: found.objective,
    gradientNorm,
    iterations,
    status,
    logits: (rows, classes) => logitsOf(rows, solution, form, classes, standardise),
  };
}

interface Form {
  readonly task: LinearTask;
  readonly labels: LinearLabels;
  readonly columns: number;
  readonly present: readonly number[];
}

function formOf(labels: Int32Array): Form {
  const present = presentClasses([labels]);
  if (present.length < 2) {
    throw new LogisticError(
      `every row is of class ${present[0] ?? "none"}: a classifier needs rows of at least two classes`,
    );
  }
  const inner = compacted(labels, present);
  return present.length === 2
    ? { task: "multi-label", labels: inner, columns: 1, present }
    : { task: "multi-class", labels: inner, columns: present.length, present };
}

function centring(data: Float32Array, features: number): Affine {
  return { mean: momentsOf(data, features).mean, scale: new Float64Array(features).fill(1) };
}

async function logitsOf(
  rows: Tensor<"float32">,
  solution: Float64Array,
  { columns, present }: Form,
  classes: number,
  affine: Affine | undefined,
): Promise<Float64Array> {
  await using opened = await openFeatures(rows, "cpu");
  const raw = await opened.products(columns, "double");
  const found = await (affine ? affineProducts(raw, affine) : raw).logits(solution);
  const all = Array.from({ length: classes }, (_, k) => k);
  return recolumned(columns === 1 ? bothLogits(found) : Float64Array.from(found), present, all, NEVER);
}

/** One logit z as two whose difference it is: -z/2 and z/2. */
function bothLogits(one: ArrayLike<number>): Float64Array {
  const both = new Float64Array(2 * one.length);
  for (let i = 0; i < one.length; i++) {
    both[2 * i] = -one[i]! / 2;
    both[2 * i + 1] = one[i]! / 2;
  }
  return both;
}
