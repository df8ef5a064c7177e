/** Holds batch norm and a linear layer against golden LARS steps, and the standardised probe against golden optima. */
import {
  type ConformanceContext,
  type Finding,
  finding,
  type GoldenFolder,
  largestDifference,
  relativeDifference,
} from "../../conformance/index.ts";
import { accuracy, topClasses } from "../../metrics/index.ts";
import { openLogistic } from "../../probe/logistic.ts";
import { gradientLimitOf } from "../../probe/sweep.ts";
import { centred } from "../linear-dinov3/conformance.ts";
import { larsLogits, larsRate, stateOf, trainLars } from "./lars.ts";
import { standardisation } from "./standardise.ts";

interface Expected {
  readonly epochs: number;
  readonly batch: number;
  readonly learning_rate: number;
  readonly warmup_epochs: number;
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly test_top1: number;
  readonly converged: readonly {
    readonly C: number;
    readonly objective: number;
    readonly test_top1: number;
    readonly close_calls: readonly number[];
  }[];
}

export async function* checkLinearBn(
  folder: GoldenFolder,
  { device, signal }: ConformanceContext,
): AsyncGenerator<Finding> {
  const golden = folder.json<Expected>("expected.json");
  const x = folder.npyOf("train_x.npy", "float32");
  const labels = folder.npyOf("train_y.npy", "int32").data;
  const testX = folder.npyOf("test_x.npy", "float32");
  const testLabels = folder.npyOf("test_y.npy", "int32").data;
  const initial = folder.npyOf("initial_weight.npy", "float32");
  const orders = folder.npyOf("orders.npy", "int32");
  const [classes = 0, features = 0] = initial.shape;
  const rows = orders.shape[1]!;
  const top1 = (logits: Float64Array) =>
    accuracy(topClasses({ shape: [testLabels.length, classes], data: logits }), testLabels, classes).value;

  const schedule = {
    epochs: golden.epochs,
    warmupEpochs: golden.warmup_epochs,
    learningRate: golden.learning_rate,
  };
  const perEpoch = Math.floor(rows / golden.batch);
  const rates = golden.rates.map((_, step) => larsRate(step / perEpoch, schedule));
  yield finding("LARS", "learning rates", largestDifference(rates, golden.rates), 1e-12);
  const state = await trainLars({
    x,
    labels,
    classes,
    ...schedule,
    batch: golden.batch,
    orderOf: (epoch) => orders.data.subarray(epoch * rows, (epoch + 1) * rows),
    device,
    signal,
    start: stateOf(initial.data, features, classes),
  });
  yield finding("LARS", "losses, relative", relativeDifference(state.losses, golden.losses), 1e-4);
  for (const [file, own] of [
    ["final_weight", state.weight],
    ["final_bias", state.bias],
    ["running_mean", state.runningMean],
    ["running_var", state.runningVariance],
  ] as const) {
    const { data } = folder.npyOf(`${file}.npy`, "float64");
    yield finding("LARS", `${file}, relative to the largest`, relativeDifference(own, data), 1e-4);
  }
  const logits = await larsLogits(testX, state);
  const goldenLogits = folder.npyOf("test_logits.npy", "float64").data;
  yield finding("LARS", "test logits", largestDifference(logits, goldenLogits), 1e-3);
  yield finding("LARS", "top-1, percent", Math.abs(top1(logits) - golden.test_top1), 1e-9);

  const problem = { x, labels, standardise: standardisation(x), device, signal };
  await using logistic = await openLogistic(problem);
  for (const { C, objective, test_top1, close_calls } of golden.converged) {
    const fit = await logistic.fit(C, { gradientLimit: gradientLimitOf(labels.length) });
    const name = `standardised, C ${C}`;
    yield finding(name, "objective, relative", Math.abs(fit.objective / objective - 1), 1e-8);
    const found = await logistic.logits(testX, fit.solution, classes);
    const allowed = (100 * close_calls.length) / testLabels.length + 1e-9;
    yield finding(name, "top-1, percent", Math.abs(top1(found) - test_top1), allowed);
    if (C !== 1) continue;
    const expected = folder.npyOf("converged_test_logits.npy", "float64").data;
    const difference = largestDifference(centred(found, classes), centred(expected, classes));
    yield finding(name, "test logits less their mean over classes", difference, 1e-4);
  }
}
