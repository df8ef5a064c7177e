/**
 * The many-shot linear evaluation: a linear classifier on frozen features. 45 weight decays are fitted on train
 * and scored on val; the best, the first of equals, is fitted again on train and val and scored once on test.
 * Ericsson, Gouk and Hospedales, "How Well Do Self-Supervised Models Transfer?", appendix A.
 */
import { createHash } from "node:crypto";
import { bytesOf } from "../../tensor/index.ts";
import { convergedModel } from "./converged.ts";
import { checkLinearInput, LinearInputError } from "./input.ts";
import type { LinearModel, Splits } from "./model.ts";
import { paperModel } from "./paper-exact.ts";
import { linearProtocol } from "./protocol.ts";
import type {
  LinearOptions,
  LinearProtocol,
  LinearRecord,
  LinearState,
  Refit,
  SweepPoint,
} from "./record.ts";
import { required, scoresOf, valuesOf } from "./score.ts";

/**
 * Evaluates frozen features linearly.
 * @throws LinearInputError for input that makes no sense; the signal's reason when it is aborted.
 */
export async function fitLinear(options: LinearOptions): Promise<LinearRecord> {
  const { classes, task, metric, mode = "converged", device = "auto", signal, onProgress } = options;
  const splits = checkLinearInput(options);
  const protocol = linearProtocol(task, metric, mode);
  const make = mode === "converged" ? convergedModel : paperModel;
  await using model = await make(splits, task, classes, device, signal);
  const state = await sweep(model, splits, options, protocol);
  const points = state.sweep.toSorted((a, b) => a.weightDecay - b.weightDecay);
  const chosen = points.reduce((best, point) =>
    point.validation > best.validation ? point : best,
  ).weightDecay;

  signal?.throwIfAborted();
  let iterations = 0;
  const refit = await model.fit("train+val", chosen, state.solutions, () => {
    iterations++;
    onProgress?.({ phase: "refit", done: 0, total: 1, iterations });
  });
  onProgress?.({ phase: "refit", done: 1, total: 1 });
  const { labels } = splits.test;
  const logits = await model.logits("test", refit.solution);
  const scores = scoresOf(task, logits, labels, classes);
  const score = required(metric, scores);
  const n = splits.test.x.shape[0]!;
  onProgress?.({ phase: "test", done: 1, total: 1 });
  return {
    protocol,
    sweep: points,
    chosen,
    refit: {
      objective: refit.objective,
      iterations: refit.iterations,
      iterationsInFloat64: refit.iterationsInFloat64,
      gradientNorm: refit.gradientNorm,
      status: refit.status,
    },
    test: {
      score: score.value,
      interval: score.interval,
      n,
      allScores: valuesOf(scores),
    },
    testLogits: { dtype: "float64", shape: [n, classes], data: logits },
    testLabels: options.test.y,
    warnings: [
      ...points.flatMap((point) => complaint(`weight decay ${point.weightDecay.toPrecision(3)}`, point)),
      ...complaint("the refit", refit),
    ],
  };
}

function complaint(name: string, { status, iterations }: Pick<Refit, "status" | "iterations">): string[] {
  if (status === "iteration-limit") return [`${name}: not converged after ${iterations} iterations`];
  if (status === "line-search-failed") return [`${name}: no step helped after ${iterations} iterations`];
  return [];
}

/** Fits what is not fitted yet, saving after every value. */
async function sweep(
  model: LinearModel,
  splits: Splits,
  { classes, task, metric, signal, checkpoint, onProgress }: LinearOptions,
  protocol: LinearProtocol,
): Promise<LinearState> {
  const key = checkpoint ? keyOf(splits, protocol) : "";
  const total = model.order.length;
  let state: LinearState = checkpoint?.state ?? { key, sweep: [], solutions: [] };
  if (state.key !== key) {
    throw new LinearInputError("the saved state is of other data or another protocol: start without it");
  }
  for (const weightDecay of model.order.slice(state.sweep.length)) {
    signal?.throwIfAborted();
    const fit = await model.fit("train", weightDecay, state.solutions);
    const logits = await model.logits("val", fit.solution);
    const point: SweepPoint = {
      weightDecay,
      objective: fit.objective,
      validation: required(metric, scoresOf(task, logits, splits.val.labels, classes, false)).value,
      iterations: fit.iterations,
      iterationsInFloat64: fit.iterationsInFloat64,
      gradientNorm: fit.gradientNorm,
      status: fit.status,
    };
    state = {
      key,
      sweep: [...state.sweep, point],
      solutions: [fit.solution, ...state.solutions].slice(0, model.lookBack),
    };
    await checkpoint?.save(state);
    onProgress?.({ phase: "sweep", done: state.sweep.length, total, point });
  }
  return state;
}

/** Data and protocol in one hash: a state belongs to both. */
function keyOf(splits: Splits, protocol: LinearProtocol): string {
  const hash = createHash("sha256").update(JSON.stringify(protocol));
  for (const { x, labels } of Object.values(splits)) {
    hash.update(`${x.shape}`).update(bytesOf(x.data)).update(bytesOf(labels));
  }
  return hash.digest("hex");
}
