/**
 * `converged`: every fit at its optimum, so that no result depends on the order of the sweep. Features are
 * centred by the mean of train, which changes the intercept and nothing else, and spares float32 the
 * cancellation. The sweep runs from strong to weak decay: each optimum is near the one before.
 */

import { compacted, joined, NEVER, presentClasses, recolumned } from "../../probe/classes.ts";
import { type DeviceFeatures, openFeatures, rowsOf } from "../../probe/device.ts";
import { lossOf, penaltyOf } from "../../probe/loss.ts";
import { extrapolated, LOOK_BACK, remembered } from "../../probe/path.ts";
import { Preconditioner, subtractRowMeans } from "../../probe/preconditioner.ts";
import { type Solver, solve } from "../../probe/solve.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import type { LinearModel, ModelFit, Splits } from "./model.ts";
import { REFIT_TOLERANCE, SWEEP_TOLERANCE, WEIGHT_DECAYS } from "./protocol.ts";
import type { LinearTask } from "./record.ts";

/** The refit's steps on its way from strong decay: their ratio, and how near they come to their optima. */
const PATH_RATIO = 10 ** 0.75;
const PATH_TOLERANCE = 0.03;

/** The decays from the strongest of the grid to the chosen one, without it, in equal steps of their logarithm. */
function refitPath(chosen: number): number[] {
  const path: number[] = [];
  for (let decay = chosen * PATH_RATIO; decay <= WEIGHT_DECAYS.at(-1)!; decay *= PATH_RATIO)
    path.unshift(decay);
  return path;
}

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
  const open = (part: keyof Splits | "train+val") => {
    const x = part === "train+val" ? rowsOf([train.x, splits.val.x]) : splits[part].x;
    const known = opened.get(part) ?? openFeatures(x, device, mean);
    opened.set(part, known);
    return known;
  };
  const close = async (part: keyof Splits) => {
    const known = await opened.get(part);
    opened.delete(part);
    await known?.[Symbol.asyncDispose]();
  };
  let preconditioner: Promise<Preconditioner> | undefined;
  const squares = centredSquares(train.x.data, mean);
  const prepared = async () => {
    const on = await open("train");
    return Preconditioner.of((rank) => on.products(rank, "single"), on, squares);
  };
  const solverOn = async (on: "train" | "train+val", columns: readonly number[]): Promise<Solver> => {
    preconditioner ??= prepared();
    const inverse = await preconditioner;
    const parts = on === "train" ? (["train"] as const) : (["train", "val"] as const);
    const labels = joined(parts.map((part) => labelsOf(columns, part)));
    // The refit comes last: the features that it does not need make room for those that it does.
    if (on === "train+val") for (const part of parts) await close(part);
    const rows = await open(on);
    return {
      single: await rows.products(columns.length, "single"),
      double: await rows.products(columns.length, "double"),
      doubleGradient: await rows.doubleGradient(task, labels, columns.length),
      newtonCg: await rows.newtonCg(task, labels, columns.length, inverse.basis),
      rowNorm: Math.sqrt(squares / train.x.shape[0]!),
      loss: lossOf(task, labels, columns.length),
      inverse: (penalty, residuals) => inverse.at(penalty, residuals, columns.length),
    };
  };

  const sweepColumns = columnsOf("train");
  const refitColumns = columnsOf("train", "val");
  const solvers = new Map<string, Promise<Solver>>();
  let columns = sweepColumns;
  return {
    order: WEIGHT_DECAYS.toReversed(),
    lookBack: LOOK_BACK,
    fit: async (on, weightDecay, solutions, onIteration): Promise<ModelFit> => {
      columns = on === "train" ? sweepColumns : refitColumns;
      const known = solvers.get(on) ?? solverOn(on, columns);
      solvers.set(on, known);
      const solver = await known;
      const from = (earlier: readonly Float64Array[]) => {
        const start = extrapolated(earlier)?.slice() ?? new Float64Array((features + 1) * columns.length);
        // The optimum's sum to zero, and so do the steps.
        if (task === "multi-class") subtractRowMeans(start, columns.length);
        return start;
      };
      const fitted = (earlier: readonly Float64Array[], decay: number, tolerance: number, rough: boolean) =>
        solve(solver, from(earlier), penaltyOf(decay, task), tolerance, { rough, signal, onIteration });
      if (on === "train") {
        const { x, inDouble, ...fit } = await fitted(solutions, weightDecay, SWEEP_TOLERANCE, false);
        return { ...fit, iterationsInFloat64: inDouble, solution: x };
      }
      // The samples of val are new, some of them far on the wrong side: a path of its own, in fewer and looser steps.
      let path: readonly Float64Array[] = [];
      let iterations = 0;
      for (const decay of refitPath(weightDecay)) {
        const rough = await fitted(path, decay, PATH_TOLERANCE, true);
        iterations += rough.iterations;
        path = remembered(rough.x, path);
      }
      const { x, inDouble, ...fit } = await fitted(path, weightDecay, REFIT_TOLERANCE, false);
      return {
        ...fit,
        iterations: iterations + fit.iterations,
        iterationsInFloat64: inDouble,
        solution: x,
      };
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
