/**
 * `converged`: every fit at its optimum, so that no result depends on the order of the sweep. Features are
 * centred by the mean of train, which changes the intercept and nothing else, and spares float32 the
 * cancellation. The sweep runs from strong to weak decay: each optimum is near the one before.
 */
import type { DeviceChoice } from "../runtime/index.ts";
import { compacted, joined, NEVER, presentClasses, recolumned } from "./linear-classes.ts";
import { type DeviceFeatures, openFeatures, stacked } from "./linear-device.ts";
import { lossOf, penaltyOf } from "./linear-loss.ts";
import type { LinearModel, ModelFit, Splits } from "./linear-model.ts";
import { Preconditioner, subtractRowMeans } from "./linear-preconditioner.ts";
import { REFIT_TOLERANCE, SWEEP_TOLERANCE, WEIGHT_DECAYS } from "./linear-protocol.ts";
import type { LinearTask } from "./linear-record.ts";
import { type Solver, solve } from "./linear-solve.ts";

export async function convergedModel(
  splits: Splits,
  task: LinearTask,
  classes: number,
  device: DeviceChoice,
  signal: AbortSignal | undefined,
): Promise<LinearModel> {
  const { train } = splits;
  const features = train.x.shape[1]!;
  const mean = columnMeans(train.x.data, features);
  const all = Array.from({ length: classes }, (_, k) => k);
  const columnsOf = (...parts: ("train" | "val")[]) =>
    task === "multi-label" ? all : presentClasses(parts.map((part) => splits[part].labels));
  const labelsOf = (columns: readonly number[], part: "train" | "val") =>
    task === "multi-label" ? splits[part].labels : compacted(splits[part].labels, columns);

  const opened = new Map<string, Promise<DeviceFeatures>>();
  const open = (split: keyof Splits) => {
    const known = opened.get(split) ?? openFeatures(splits[split].x, device, mean);
    opened.set(split, known);
    return known;
  };
  let preconditioner: Promise<Preconditioner> | undefined;
  const squares = centredSquares(train.x.data, mean);
  const prepared = async () => Preconditioner.of(await open("train"), squares);
  const solverOn = async (on: "train" | "train+val", columns: readonly number[]): Promise<Solver> => {
    const parts = on === "train" ? (["train"] as const) : (["train", "val"] as const);
    const productsIn = async (precision: "single" | "double") => {
      const each = [];
      for (const part of parts) each.push(await (await open(part)).products(columns.length, precision));
      return each.length === 1 ? each[0]! : stacked(each);
    };
    preconditioner ??= prepared();
    const inverse = await preconditioner;
    const labels = parts.map((part) => labelsOf(columns, part));
    return {
      single: await productsIn("single"),
      double: await productsIn("double"),
      rowNorm: Math.sqrt(squares / train.x.shape[0]!),
      loss: lossOf(task, labels.length === 1 ? labels[0]! : joined(labels), columns.length),
      precondition: (penalty, residuals) =>
        inverse.at(penalty, residuals, columns.length, task === "multi-class"),
    };
  };

  const sweepColumns = columnsOf("train");
  const refitColumns = columnsOf("train", "val");
  const solvers = new Map<string, Promise<Solver>>();
  let columns = sweepColumns;
  return {
    order: WEIGHT_DECAYS.toReversed(),
    lookBack: 3,
    fit: async (on, weightDecay, { solutions, best }): Promise<ModelFit> => {
      columns = on === "train" ? sweepColumns : refitColumns;
      const solver = solvers.get(on) ?? solverOn(on, columns);
      solvers.set(on, solver);
      const from =
        on === "train" ? extrapolated(solutions) : best && recolumned(best, sweepColumns, columns, 0);
      const start = from?.slice() ?? new Float64Array((features + 1) * columns.length);
      // The optimum's sum to zero, and the preconditioner keeps them so.
      if (task === "multi-class") subtractRowMeans(start, columns.length);
      const tolerance = on === "train" ? SWEEP_TOLERANCE : REFIT_TOLERANCE;
      const { x, inDouble, ...fit } = await solve(
        await solver,
        start,
        penaltyOf(weightDecay, task),
        tolerance,
        signal,
      );
      return { ...fit, iterationsInFloat64: inDouble, solution: x };
    },
    logits: async (of, solution) => {
      const precision = of === "test" ? "double" : "single";
      const products = await (await open(of)).products(columns.length, precision);
      return recolumned(await products.logits(solution), columns, all, NEVER);
    },
    [Symbol.asyncDispose]: async () => {
      for (const part of opened.values()) await (await part)[Symbol.asyncDispose]();
    },
  };
}

/**
 * Where the next value's optimum lies, from those of the values before: the path is smooth in log weight decay,
 * whose steps are equal.
 */
function extrapolated(solutions: readonly Float64Array[]): Float64Array | undefined {
  const [one, two, three] = solutions;
  if (!one || !two) return one;
  if (!three) return one.map((value, i) => 2 * value - two[i]!);
  return one.map((value, i) => 3 * (value - two[i]!) + three[i]!);
}

function centredSquares(data: Float32Array, mean: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < data.length; row += mean.length) {
    for (let j = 0; j < mean.length; j++) sum += (data[row + j]! - mean[j]!) ** 2;
  }
  return sum;
}

function columnMeans(data: Float32Array, features: number): Float64Array {
  const mean = new Float64Array(features);
  for (let row = 0; row < data.length; row += features) {
    for (let j = 0; j < features; j++) mean[j] = mean[j]! + data[row + j]!;
  }
  const samples = data.length / features;
  return mean.map((sum) => sum / samples);
}
