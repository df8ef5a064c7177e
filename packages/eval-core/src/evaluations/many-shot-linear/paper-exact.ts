/**
 * `paper-exact`: the path of scikit-learn's LogisticRegression(solver="lbfgs", multi_class="multinomial",
 * warm_start=True) as the paper's authors call it, in float64: at most 100 iterations, every fit started from
 * the one before it, whatever that was. For multi-label that is another class's classifier, and the two-class
 * softmax keeps both rows of weights, w0 = -w1 at the start.
 *
 * The path is scikit-learn's up to the order in which sums are rounded, which its counts of iterations are sensitive to:
 * on golden/linear the first twelve are equal, then they differ by up to 16, as scikit-learn 1.2.1's own do where its
 * samples are given in another order.
 */
import { type Minimum, minimise } from "../../optim/lbfgs.ts";
import { compacted, joined, NEVER, presentClasses, recolumned } from "../../probe/classes.ts";
import { type DeviceFeatures, openFeatures, stacked } from "../../probe/device.ts";
import { type LinearLabels, type LinearProducts, lossOf } from "../../probe/loss.ts";
import { LinearObjective } from "../../probe/objective.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import { LinearInputError } from "./input.ts";
import type { LinearModel, Splits } from "./model.ts";
import { SCIPY, WEIGHT_DECAYS } from "./protocol.ts";
import type { LinearTask } from "./record.ts";

/** One LogisticRegression.fit. */
export function fitLikeScipy(
  products: LinearProducts,
  labels: LinearLabels,
  start: Float64Array,
  weightDecay: number,
  signal?: AbortSignal,
): Promise<Minimum> {
  const loss = lossOf("multi-class", labels, products.classes);
  return minimise(new LinearObjective(products, loss, weightDecay), start, {
    style: "scipy",
    ...SCIPY,
    signal,
  });
}

/** scikit-learn keeps the second row of a two-class fit, and starts the next from it and its negative. */
export function mirrored(twoClasses: Float64Array): Float64Array {
  const start = new Float64Array(twoClasses.length);
  for (let i = 0; i < start.length; i += 2) {
    start[i] = -twoClasses[i + 1]!;
    start[i + 1] = twoClasses[i + 1]!;
  }
  return start;
}

/** Column `k` of samples x classes labels. */
export function labelColumn(labels: LinearLabels, k: number, classes: number): Int32Array {
  return Int32Array.from({ length: labels.length / classes }, (_, i) => labels[i * classes + k]!);
}

/** The model that fits so; x is the two rows of each class, one class after the other, for multi-label. */
export async function paperModel(
  splits: Splits,
  task: LinearTask,
  classes: number,
  _device: DeviceChoice,
  signal: AbortSignal | undefined,
): Promise<LinearModel> {
  // float64, as scikit-learn works: only the CPU has it.
  const opened = new Map<keyof Splits, Promise<DeviceFeatures>>();
  const open = (split: keyof Splits) => {
    const known = opened.get(split) ?? openFeatures(splits[split].x, "cpu");
    opened.set(split, known);
    return known;
  };
  const present = presentClasses([splits.train.labels]);
  const unseen = presentClasses([splits.val.labels]).find((label) => !present.includes(label));
  if (task === "multi-class" && unseen !== undefined) {
    throw new LinearInputError(
      `class ${unseen} is in val but not in train, where scikit-learn's warm start ends in an error: use the mode 'converged'`,
    );
  }
  const all = Array.from({ length: classes }, (_, k) => k);
  const columns = task === "multi-label" ? 2 : present.length;
  const size = (splits.train.x.shape[1]! + 1) * columns;
  const targets = (parts: readonly ("train" | "val")[], k: number): Int32Array => {
    const each = parts.map((part) =>
      task === "multi-label"
        ? labelColumn(splits[part].labels, k, classes)
        : compacted(splits[part].labels, present),
    );
    return joined(each);
  };

  return {
    order: WEIGHT_DECAYS,
    lookBack: 1,
    fit: async (on, weightDecay, solutions) => {
      const parts = on === "train" ? (["train"] as const) : (["train", "val"] as const);
      const each = [];
      for (const part of parts) each.push(await (await open(part)).products(columns, "double"));
      const products = each.length === 1 ? each[0]! : stacked(each);
      const fits = task === "multi-label" ? classes : 1;
      const solution = new Float64Array(fits * size);
      const last = solutions[0]?.subarray(-size) ?? new Float64Array(size);
      let start: Float64Array = columns === 2 ? mirrored(last) : last;
      const results: Minimum[] = [];
      for (let k = 0; k < fits; k++) {
        const result = await fitLikeScipy(products, targets(parts, k), start, weightDecay, signal);
        solution.set(result.x, k * size);
        start = columns === 2 ? mirrored(result.x) : result.x;
        results.push(result);
      }
      return {
        solution,
        objective: results.reduce((sum, result) => sum + result.objective, 0),
        iterations: Math.max(...results.map((result) => result.iterations)),
        iterationsInFloat64: Math.max(...results.map((result) => result.iterations)),
        gradientNorm: Math.max(...results.map((result) => result.gradientNorm)),
        status: results.find((result) => result.status !== "converged")?.status ?? "converged",
      };
    },
    logits: async (of, solution) => {
      const products = await (await open(of)).products(columns, "double");
      if (task === "multi-class") {
        return recolumned(await products.logits(solution), present, all, NEVER);
      }
      const logits = new Float64Array(products.samples * classes);
      for (let k = 0; k < classes; k++) {
        const two = await products.logits(solution.subarray(k * size, (k + 1) * size));
        for (let i = 0; i < products.samples; i++) logits[i * classes + k] = two[2 * i + 1]!;
      }
      return logits;
    },
    [Symbol.asyncDispose]: async () => {
      for (const part of opened.values()) await (await part)[Symbol.asyncDispose]();
    },
  };
}
