/** Runs the targets of a request one after the other: what fails or is missing is named, and the rest goes on. */
import { type Dataset, datasetEntry, locateDataset, openDataset } from "../../datasets/index.ts";
import { type Planned, planEvaluation, runEvaluation } from "../../evaluations/evaluate.ts";
import { type Evaluation, networkName } from "../../evaluations/evaluation.ts";
import { backboneOf, type Extractor, openExtractor } from "../../features/index.ts";
import type { Context } from "../context.ts";
import { exitCodeOf, sentenceOf } from "../exit-codes.ts";
import { duration, timed } from "../terminal.ts";
import { finetuneTeller } from "./finetune-progress.ts";
import { type Finished, readFinished, writeFinished } from "./finished.ts";
import { manifestOf } from "./manifest.ts";
import type { RecordedValue, Recorder, RunDescription } from "./recorder.ts";
import type { EvaluateRequest, Target } from "./request.ts";

export type Outcome = { readonly target: Target; readonly title: string } & (
  | {
      readonly state: "done";
      readonly evaluation: Evaluation;
      readonly identity: string;
      readonly manifest: string;
    }
  /** A run of the same identity is in the record already. */
  | {
      readonly state: "recorded";
      readonly identity: string;
      readonly manifest: string;
      readonly values: readonly RecordedValue[];
    }
  | { readonly state: "missing"; readonly reason: string }
  | { readonly state: "failed"; readonly reason: string; readonly exitCode: number }
);

/** Opens what all targets share on first use: a suite that is recorded already starts no worker. */
export async function runTargets(
  context: Context,
  request: EvaluateRequest,
  recorder: Recorder | undefined,
): Promise<Outcome[]> {
  const { device, threads, cacheFolder, checkpoint } = request;
  let opened: Promise<Extractor> | undefined;
  const extractor = () => {
    opened ??= openExtractor(backboneOf(checkpoint), {
      device,
      cacheFolder,
      ...(threads === undefined ? {} : { threads }),
    });
    return opened;
  };
  const outcomes: Outcome[] = [];
  try {
    for (const target of request.targets) {
      context.signal.throwIfAborted();
      const { title } = datasetEntry(target.dataset);
      outcomes.push({ target, title, ...(await runTarget(context, request, target, recorder, extractor)) });
    }
  } finally {
    await (await opened?.catch(() => undefined))?.close();
  }
  return outcomes;
}

type Ending = Outcome extends infer O ? (O extends Outcome ? Omit<O, "target" | "title"> : never) : never;

async function runTarget(
  context: Context,
  request: EvaluateRequest,
  target: Target,
  recorder: Recorder | undefined,
  extractor: () => Promise<Extractor>,
): Promise<Ending> {
  const { terminal, signal } = context;
  const { data, suite } = request;
  const entry = datasetEntry(target.dataset);
  if (suite !== undefined && (await locateDataset(target.dataset, data)) === undefined) {
    return {
      state: "missing",
      reason: `not in ${data ?? "any folder"}: expected ${entry.layout}; ${entry.source}`,
    };
  }
  try {
    return await evaluateTarget(context, request, target, recorder, extractor);
  } catch (error) {
    // Alone, a failure is the command's; in a suite the others go on.
    if (suite === undefined || signal.aborted) throw error;
    const { code } = exitCodeOf(error);
    const reason = sentenceOf(error);
    terminal.say(`${entry.title} failed: ${reason}`);
    return { state: "failed", reason, exitCode: code };
  }
}

async function evaluateTarget(
  { terminal, signal }: Context,
  request: EvaluateRequest,
  target: Target,
  recorder: Recorder | undefined,
  extractor: () => Promise<Extractor>,
): Promise<Ending> {
  const dataset = await openDataset(target.dataset, request.data, { allowPartial: request.allowPartial });
  if (dataset.origin.missing.length > 0) {
    terminal.say(
      `Note: ${dataset.title} is not whole (${dataset.origin.missing.join("; ")}): its result is recorded under a protocol of its own.`,
    );
  }
  const manifest = await manifestOf(dataset, { terminal, signal }, request.cacheFolder);
  const plan = planOf(request, target, dataset, manifest);
  const { identity } = plan;
  const recorded = await recorder?.recorded(identity);
  let finished = readFinished(request.cacheFolder, identity);
  if (recorded) return { state: "recorded", identity, manifest, values: recorded };

  const described = (device: string, startedAt: Date): RunDescription => ({
    planned: plan,
    registered: target.dataset,
    checkpoint: request.checkpoint,
    method: request.method,
    device,
    startedAt,
    requestedById: request.requestedById,
  });
  if (!finished) {
    const opened = await extractor();
    const runId = await recorder?.begin(described(opened.device, new Date()));
    try {
      finished = await compute(plan, opened, { terminal, signal }, request);
    } catch (error) {
      const reason = signal.aborted ? "interrupted" : sentenceOf(error);
      // Whether or not the database still takes the reason, the error itself is what the user must see.
      if (runId !== undefined)
        await recorder?.fail(runId, reason).catch((again) => terminal.say(sentenceOf(again)));
      throw error;
    }
    writeFinished(request.cacheFolder, identity, finished);
  }
  const { evaluation, startedAt, finishedAt, device } = finished;
  await recorder?.finish(described(device, new Date(startedAt)), evaluation, new Date(finishedAt));
  for (const warning of evaluation.warnings) terminal.say(`Note: ${warning}`);
  return { state: "done", evaluation, identity, manifest };
}

function planOf(request: EvaluateRequest, { setting }: Target, dataset: Dataset, manifest: string): Planned {
  const { checkpoint, preprocessing, seed, skipUnreadable, again } = request;
  return planEvaluation({
    setting,
    dataset,
    manifest,
    checkpoint: networkName(checkpoint),
    preprocessing,
    seed,
    skipUnreadable,
    ...(again ? { again: new Date().toISOString() } : {}),
  });
}

async function compute(
  plan: Planned,
  extractor: Extractor,
  { terminal, signal }: Context,
  { cacheFolder, checkpoint, threads }: EvaluateRequest,
): Promise<Finished> {
  const startedAt = new Date().toISOString();
  const { title } = plan.dataset;
  const features = timed(terminal.step(`${title}: features`));
  const rest = timed(terminal.step(`${title}: ${plan.setting.name}`));
  const evaluation = await runEvaluation(plan, extractor, {
    signal,
    cacheFolder,
    onFeatures: ({ done, total, imagesPerSecond, secondsLeft }) => {
      const rate = imagesPerSecond === undefined ? "" : `${imagesPerSecond.toFixed(1)} images/s`;
      features.update(
        done,
        total,
        secondsLeft === undefined ? rate : `${rate}, ${duration(secondsLeft)} left`,
      );
      if (done === total) features.end(`${total} images`);
    },
    onProgress: (done, total, note) => rest.update(done, total, note),
    checkpoint,
    ...(threads === undefined ? {} : { threads }),
    onFinetune: finetuneTeller(title, terminal, rest),
  });
  rest.end("done");
  return { evaluation, startedAt, finishedAt: new Date().toISOString(), device: extractor.device };
}
