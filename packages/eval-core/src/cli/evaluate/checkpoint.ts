/** `evaluate --checkpoint FILE`: parses what is asked, runs it, records it, and ends with a table. */
import { openCheckpoint } from "../commands/checkpoint.ts";
import { preprocessingFor } from "../commands/preprocess.ts";
import { type Context, cacheFolder } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { deviceChoice, methodSlug, wholeNumber } from "../options.ts";
import { deriveFrom } from "./derive.ts";
import { report } from "./document.ts";
import { planTable, planTargets } from "./dry-run.ts";
import { openRecorder, type Recorder } from "./recorder.ts";
import type { EvaluateOptions, EvaluateRequest } from "./request.ts";
import { runTargets } from "./run.ts";
import { openSending } from "./sending.ts";
import { byReadout, readoutsAsked, requirePreprocessing, requireShipped, targetsOf } from "./targets.ts";

export async function evaluateCheckpoint(context: Context, options: EvaluateOptions): Promise<void> {
  const { server, dryRun } = options;
  if (server === undefined && options.methodFile !== undefined) {
    throw new CommandError("--method-file goes with --server", EXIT.usage);
  }
  const sending = server === undefined || dryRun ? undefined : await openSending(context, server, options);
  const request = await requestOf(options);
  const recorder = options.record && server === undefined ? await recorderFor(context, options) : undefined;
  try {
    if (dryRun) {
      const plan = await planTargets(context, request, recorder);
      return context.terminal.print(options.json ? JSON.stringify(plan, null, 2) : planTable(plan));
    }
    const outcomes = await runTargets(context, request, recorder);
    const derived = deriveFrom(request, outcomes);
    for (const one of derived) await recorder?.derive(one);
    const sent = await sending?.(request, outcomes, derived);
    await report(context, options, { request, outcomes, recorder, derived, sent });
  } finally {
    await recorder?.close();
  }
}

/** A plan is worth having without a database: then it cannot say what is recorded already, and says so. */
async function recorderFor(context: Context, { dryRun }: EvaluateOptions): Promise<Recorder | undefined> {
  try {
    return await openRecorder();
  } catch (error) {
    if (!dryRun) throw error;
    context.terminal.say(`Note: what is recorded already is not known. ${(error as Error).message}`);
    return undefined;
  }
}

export async function requestOf(options: EvaluateOptions): Promise<EvaluateRequest> {
  if (options.checkpoint === undefined) {
    throw new CommandError("say what to evaluate: --checkpoint FILE, or --features DIR", EXIT.usage);
  }
  if (options.method === undefined) {
    throw new CommandError(
      "say which method the checkpoint is of: --method SLUG, such as moco-v2",
      EXIT.usage,
    );
  }
  // What can be told from the words alone is told before a file of weights is read.
  const slug = methodSlug(options.method);
  const asked = targetsOf(options);
  const alone = options.suite === undefined && asked.length === 1;
  if (alone && options.data === undefined) await requireShipped(asked[0]!);
  if (alone) requirePreprocessing(options);
  const device = deviceChoice(options.device);
  const seed = wholeNumber("--seed", options.seed);
  const checkpoint = await openCheckpoint(options.checkpoint, options);
  const readouts = readoutsAsked(checkpoint, options.readout);
  const targets = byReadout(asked, readouts, options.readout !== undefined);
  return {
    method: {
      slug,
      ...(options.methodName === undefined ? {} : { name: options.methodName }),
      ...(options.family === undefined ? {} : { family: options.family }),
    },
    targets,
    readouts,
    suite: options.suite,
    several: options.suite !== undefined || targets.length > 1,
    data: options.data,
    allowPartial: options.allowPartial ?? false,
    preprocessing: preprocessingFor(checkpoint, options.preprocessing),
    device,
    threads: options.threads === undefined ? undefined : wholeNumber("--threads", options.threads, 1),
    cacheFolder: cacheFolder(options.cache),
    seed,
    skipUnreadable: options.skipUnreadable ?? false,
    again: options.again ?? false,
    checkpoint,
  };
}
