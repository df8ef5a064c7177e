/** Holds the few-shot linear evaluation against golden draws and optima, with many classes and with two. */
import {
  type ConformanceContext,
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
  largestDifference,
} from "../../conformance/index.ts";
import { type DrawRule, drawRows } from "./draws.ts";
import { fitDraw } from "./fit.ts";

interface GoldenDraw {
  readonly indices: readonly number[];
  readonly objective: number;
  readonly accuracy: number;
  readonly f1_macro: number;
  readonly close_calls: readonly number[];
  readonly sklearn_default: { readonly accuracy: number; readonly predictions_that_differ: number };
}
interface Expected {
  readonly per_class: number;
  readonly draws: number;
  readonly C: number;
  readonly seed: number;
  readonly results: Record<"many" | "two", Record<DrawRule, { readonly draws: readonly GoldenDraw[] }>>;
}

export async function* checkFewShotLinear(
  folder: GoldenFolder,
  { device, signal }: ConformanceContext,
): AsyncGenerator<Finding> {
  const expected = folder.json<Expected>("expected.json");
  const [trainX, testX] = [folder.npyOf("train_x.npy", "float32"), folder.npyOf("test_x.npy", "float32")];
  for (const set of ["many", "two"] as const) {
    const ending = set === "two" ? "_two_classes" : "";
    const train = { x: trainX, y: folder.npyOf(`train_y${ending}.npy`, "int32").data };
    const test = { x: testX, y: folder.npyOf(`test_y${ending}.npy`, "int32").data };
    const classes = 1 + Math.max(...train.y, ...test.y);
    const input = { train, test, classes, c: expected.C, device, signal };
    const row = 100 / test.y.length;
    for (const rule of ["mteb2", "mteb1"] as const) {
      const goldens = expected.results[set][rule].draws;
      const drawn = drawRows(train.y, {
        perClass: expected.per_class,
        draws: expected.draws,
        seed: expected.seed,
        rule,
      });
      for (const [i, rows] of drawn.entries()) {
        const golden = goldens[i]!;
        const name = `${set}, ${rule}, draw ${i + 1}`;
        yield exactly(name, "the rows drawn", `${rows}` === `${golden.indices}`);
        const found = await fitDraw({ ...input, mode: "converged" }, rows);
        yield finding(name, "objective, relative", Math.abs(found.objective / golden.objective - 1), 1e-9);
        const allowed = row * golden.close_calls.length + 1e-9;
        yield finding(name, "accuracy, percent", Math.abs(found.accuracy - golden.accuracy), allowed);
        if (golden.close_calls.length === 0) {
          yield finding(name, "macro F1, percent", Math.abs(found.macroF1 - golden.f1_macro), 1e-9);
        }
        if (rule === "mteb2" && i === 0) {
          const logits = folder.npyOf(`first_draw_logits_${set}.npy`, "float64").data;
          const own = set === "two" ? differences(found.logits) : found.logits;
          yield finding(name, "test logits", largestDifference(own, logits), 1e-5);
          const path = await fitDraw({ ...input, mode: "paper-exact" }, rows);
          const { accuracy } = golden.sklearn_default;
          yield finding(
            name,
            "accuracy on scikit-learn's path, percent",
            Math.abs(path.accuracy - accuracy),
            2 * row + 1e-9,
            "where it stops depends on the order in which sums are rounded: two rows are allowed",
          );
        }
      }
    }
  }
}

/** Two columns as the one logit that they came from. */
function differences(both: Float64Array): Float64Array {
  return Float64Array.from({ length: both.length / 2 }, (_, i) => both[2 * i + 1]! - both[2 * i]!);
}
