/** Holds DINOv3's logistic regression against its golden split, its 45 optima and the refit. */
import {
  type ConformanceContext,
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
  largestDifference,
} from "../../conformance/index.ts";
import { accuracy, meanPerClassAccuracy, topClasses, topKAccuracy } from "../../metrics/index.ts";
import { pick } from "../probes/rows.ts";
import { C_GRID, fitDinov3 } from "./fit.ts";
import { splitByClass } from "./split.ts";

interface GoldenPoint {
  readonly C: number;
  readonly objective: number;
  readonly val_accuracy: number;
  readonly close_calls: number;
}
interface Expected {
  readonly classes: number;
  readonly split: { readonly train: readonly number[]; readonly val: readonly number[] };
  readonly sweep: readonly GoldenPoint[];
  readonly chosen_C: number;
  readonly final: { readonly objective: number };
  readonly test_top1: number;
  readonly test_top5: number;
  readonly test_mean_per_class: number;
  readonly close_calls: readonly number[];
}

/** @param cs the first values of C, the best among them: those of weak regularisation take the longest */
export async function* checkDinov3(
  folder: GoldenFolder,
  { device, signal }: Pick<ConformanceContext, "device" | "signal">,
  cs: readonly number[] = C_GRID,
): AsyncGenerator<Finding> {
  const golden = folder.json<Expected>("expected.json");
  const { classes } = golden;
  const x = folder.npyOf("train_x.npy", "float32");
  const y = folder.npyOf("train_y.npy", "int32").data;
  const rows = splitByClass(y);
  yield exactly("split", "rows of train, in order", `${rows.train}` === `${golden.split.train}`);
  yield exactly("split", "rows of validation, in order", `${rows.validation}` === `${golden.split.val}`);
  yield exactly("grid", "the values of C", `${C_GRID}` === `${golden.sweep.map(({ C }) => C)}`);

  const part = (ids: Int32Array) => ({ x: pick(x, ids), y: ids.map((row) => y[row]!) });
  const test = { x: folder.npyOf("test_x.npy", "float32"), y: folder.npyOf("test_y.npy", "int32").data };
  const found = await fitDinov3({
    train: part(rows.train),
    validation: part(rows.validation),
    test,
    classes,
    metric: "accuracy",
    mode: "converged",
    cs,
    device,
    signal,
  });
  const row = 100 / rows.validation.length;
  for (const [i, point] of found.sweep.entries()) {
    const { C, objective, val_accuracy, close_calls } = golden.sweep[i]!;
    const name = `C ${C.toPrecision(3)}`;
    yield finding(name, "objective, relative", Math.abs(point.objective / objective - 1), 1e-8);
    const allowed = row * close_calls + 1e-9;
    yield finding(name, "validation accuracy, percent", Math.abs(point.validation - val_accuracy), allowed);
  }
  yield exactly("refit", "the chosen C", found.chosen === golden.chosen_C, `${found.chosen} was chosen`);
  const relative = Math.abs(found.refit.objective / golden.final.objective - 1);
  yield finding("refit", "objective, relative", relative, 1e-8);
  const difference = largestDifference(
    centred(found.logits, classes),
    centred(folder.npyOf("test_logits.npy", "float64").data, classes),
  );
  yield finding("refit", "test logits less their mean over classes", difference, 1e-4);
  const predicted = topClasses({ shape: [test.y.length, classes], data: found.logits });
  const differences = [
    accuracy(predicted, test.y, classes).value - golden.test_top1,
    topKAccuracy({ shape: [test.y.length, classes], data: found.logits }, test.y, 5).value - golden.test_top5,
    meanPerClassAccuracy(predicted, test.y, classes).value - golden.test_mean_per_class,
  ];
  yield finding(
    "refit",
    "top-1, top-5 and mean per-class accuracy, percent",
    Math.max(...differences.map(Math.abs)),
    golden.close_calls.length === 0 ? 1e-9 : 100,
  );
}

/** Logits less their mean over classes: what an optimum determines. */
export function centred(logits: Float64Array, classes: number): Float64Array {
  const result = logits.slice();
  for (let row = 0; row < result.length; row += classes) {
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += result[row + k]!;
    for (let k = 0; k < classes; k++) result[row + k] = result[row + k]! - sum / classes;
  }
  return result;
}
