/** The batch-norm probe from features to values and record, in both variants. */
import { type Dataset, trainingSplits } from "../../datasets/index.ts";
import { openLogistic } from "../../probe/logistic.ts";
import { gradientLimitOf, refitAt, type SweepState, sweepOverC } from "../../probe/sweep.ts";
import { NumpyRandomState } from "../../tensor/index.ts";
import type { RunResult } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import { type SelectionMetric, scoreBy } from "../linear-dinov3/fit.ts";
import { WEIGHT_DECAYS } from "../many-shot-linear/protocol.ts";
import { joinedRows, probeRows, rowsOfItems } from "../probes/rows.ts";
import { logitsResult } from "../probes/scores.ts";
import { stateFile } from "../probes/state-file.ts";
import { ProtocolError } from "../protocol-error.ts";
import { initialState, type LarsState, larsLogits, trainLars } from "./lars.ts";
import { LARS_SCHEDULE } from "./protocol.ts";
import { standardisation } from "./standardise.ts";

/** Ascending in C: from strong decay to weak. */
const CS = WEIGHT_DECAYS.map((decay) => 1 / decay).reverse();

export async function runStandardised(
  { data, setting }: Spec<object, Dataset>,
  context: RunContext,
): Promise<RunResult> {
  const { device, signal, progress } = context;
  const features = await context.features();
  const rows = probeRows(data, features);
  const splits = trainingSplits(data);
  const [train, validation] = [rowsOfItems(features, splits.train), rowsOfItems(features, splits.val)];
  const file = stateFile<SweepState>(context, "sweep");
  const step = progress.step("batch norm and linear");
  const sweep = await sweepOverC({
    train,
    validation,
    classes: rows.classes,
    cs: CS,
    standardise: standardisation(train.x),
    score: scoreBy(data.metric as SelectionMetric, rows.classes),
    device,
    signal,
    state: file.state,
    save: file.save,
    onProgress: (done, total) => step.update(done, total),
  });
  const best = Math.max(...sweep.map((point) => point.validation));
  // The weakest decay of equals is the largest C.
  const chosen = sweep.findLast((point) => point.validation === best)!.c;
  const both = joinedRows(train, validation);
  const problem = { x: both.x, labels: both.y, standardise: standardisation(both.x), device, signal };
  await using logistic = await openLogistic(problem);
  const { solution, ...refit } = await refitAt(logistic, CS, chosen, gradientLimitOf(both.y.length));
  const logits = await logistic.logits(rows.test.x, solution, rows.classes);
  step.end(`${sweep.length} weight decays`);
  return logitsResult({
    ...{ data, setting, features, rows, logits, accuracyAlone: true },
    sizes: { train: train.y.length, val: validation.y.length },
    fitted: {
      sweep: sweep.map(({ c, ...point }) => ({ weightDecay: 1 / c, ...point })),
      chosen: 1 / chosen,
      refit,
    },
  });
}

export async function runLars(
  { data, setting, seed }: Spec<object, Dataset>,
  context: RunContext,
): Promise<RunResult> {
  const { device, signal, progress } = context;
  const features = await context.features();
  const rows = probeRows(data, features);
  const fitted = rows.validation ? joinedRows(rows.train, rows.validation) : rows.train;
  const n = fitted.y.length;
  const batch = Math.min(LARS_SCHEDULE.largestBatch, Math.floor(n / 4));
  if (batch < 2) {
    throw new ProtocolError(
      `batch norm needs batches of two: ${data.title} has ${n} training images, 8 are needed`,
    );
  }
  const file = stateFile<LarsState>(context, "lars");
  const step = progress.step("LARS");
  const trained = await trainLars({
    x: fitted.x,
    labels: fitted.y,
    classes: rows.classes,
    batch,
    orderOf: epochOrders(n, seed),
    epochs: LARS_SCHEDULE.epochs,
    warmupEpochs: LARS_SCHEDULE.warmupEpochs,
    learningRate: (LARS_SCHEDULE.baseRate * batch) / 256,
    device,
    signal,
    start: file.state ?? initialState(features.featureSize, rows.classes, seed),
    save: file.save,
    onProgress: (done, total) => step.update(done, total),
  });
  step.end(`${trained.step} steps`);
  const logits = await larsLogits(rows.test.x, trained);
  return logitsResult({
    ...{ data, setting, features, rows, logits, accuracyAlone: true },
    sizes: { train: n },
    fitted: { batch, steps: trained.step, losses: trained.losses },
  });
}

/** A permutation an epoch from one generator; asked in order, or from the beginning again after an interruption. */
function epochOrders(n: number, seed: number): (epoch: number) => Int32Array {
  const random = new NumpyRandomState(seed);
  const drawn: Int32Array[] = [];
  return (epoch) => {
    while (drawn.length <= epoch) drawn.push(random.permutation(n));
    return drawn[epoch]!;
  };
}
