/** Holds robustness against the golden probe: a test set of its own, a shifted one, one with fewer classes, corruptions. */
import {
  type ConformanceContext,
  type Finding,
  finding,
  type GoldenFolder,
} from "../../conformance/index.ts";
import { accuracy, meanPerClassAccuracy } from "../../metrics/index.ts";
import { openLogistic } from "../../probe/logistic.ts";
import { gradientLimitOf } from "../../probe/sweep.ts";
import { type CorruptionErrors, meanCorruptionError, restrictedTop } from "./restricted.ts";

interface Expected {
  readonly C: number;
  readonly objective: number;
  readonly sets: Readonly<
    Record<
      string,
      {
        readonly mapping: readonly number[] | null;
        readonly top1: number;
        readonly mean_per_class: number;
        readonly close_calls: readonly number[];
      }
    >
  >;
  readonly mean_of_shifted: number;
  readonly drop: Readonly<Record<string, number>>;
  readonly corruption: {
    readonly top1_percent_of_levels_1_to_5: CorruptionErrors["top1"];
    readonly reference_error_of_levels_1_to_5: CorruptionErrors["reference"];
    readonly relative_error_percent: Readonly<Record<string, number>>;
    readonly mce_percent: number;
  };
}

export async function* checkRobustness(
  folder: GoldenFolder,
  { device, signal }: ConformanceContext,
): AsyncGenerator<Finding> {
  const golden = folder.json<Expected>("expected.json");
  const x = folder.npyOf("train_x.npy", "float32");
  const labels = folder.npyOf("train_y.npy", "int32").data;
  const classes = 1 + Math.max(...labels);
  await using logistic = await openLogistic({ x, labels, device, signal });
  const fit = await logistic.fit(golden.C, { gradientLimit: gradientLimitOf(labels.length) });
  yield finding("probe", "objective, relative", Math.abs(fit.objective / golden.objective - 1), 1e-8);
  const top1: Record<string, number> = {};
  const all = Array.from({ length: classes }, (_, c) => c);
  for (const [name, { mapping, top1: expected, mean_per_class, close_calls }] of Object.entries(
    golden.sets,
  )) {
    const y = folder.npyOf(`${name}_y.npy`, "int32").data;
    const logits = await logistic.logits(folder.npyOf(`${name}_x.npy`, "float32"), fit.solution, classes);
    const predicted = restrictedTop(logits, classes, mapping ?? all);
    const own = accuracy(predicted, y, mapping?.length ?? classes).value;
    top1[name] = own;
    const allowed = (100 * close_calls.length) / y.length + 1e-9;
    yield finding(name, "top-1, percent", Math.abs(own - expected), allowed);
    const perClass = meanPerClassAccuracy(predicted, y, mapping?.length ?? classes).value;
    const perClassAllowed = close_calls.length === 0 ? 1e-9 : 100;
    yield finding(
      name,
      "mean per-class accuracy, percent",
      Math.abs(perClass - mean_per_class),
      perClassAllowed,
    );
  }
  const open = Object.values(golden.sets).some(({ close_calls }) => close_calls.length > 0);
  for (const [name, drop] of Object.entries(golden.drop)) {
    const difference = Math.abs(top1.source_test! - top1[name]! - drop);
    yield finding(name, "drop, points", difference, open ? 100 : 1e-9);
  }
  const { corruption } = golden;
  const { relative, mce } = meanCorruptionError({
    top1: corruption.top1_percent_of_levels_1_to_5,
    reference: corruption.reference_error_of_levels_1_to_5,
  });
  for (const [name, expected] of Object.entries(corruption.relative_error_percent)) {
    yield finding(name, "relative error, percent", Math.abs(relative[name]! - expected), 1e-9);
  }
  yield finding("corruptions", "mCE, percent", Math.abs(mce - corruption.mce_percent), 1e-9);
}
