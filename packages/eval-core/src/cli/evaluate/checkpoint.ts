/** `evaluate --checkpoint FILE`: parses what is asked, runs it, records it, and ends with a table. */
import { openCheckpoint } from "../commands/checkpoint.ts";
import { preprocessingFor } from "../commands/preprocess.ts";
import { type Context, cacheFolder } from "../context.ts";
import { CommandError, EXIT, exitCodeOf, sentenceOf } from "../exit-codes.ts";
import { deviceChoice, methodSlug, wholeNumber } from "../options.ts";
import { deriveFrom } from "./derive.ts";
import { report } from "./document.ts";
import { type Plan, planTable, planTargets, requireNoRefusal } from "./dry-run.ts";
import { openRecorder } from "./recorder.ts";
import type { EvaluateOptions, EvaluateRequest } from "./request.ts";
import { runTargets } from "./run.ts";
import { openSending } from "./sending.ts";
import { byReadout, readoutsAsked, requirePreprocessing, requireShipped, targetsOf } from "./targets.ts";

export async function evaluateCheckpoint(context: Context, options: EvaluateOptions): Promise<void> {
  const { server, dryRun } = options;
  if (server === undefined && options.methodFile !== undefined) {
    throw new CommandError("--method-file goes with --server", EXIT.usage);
  }
  // Looks at the token and the method's details, in a dry run too.
  const sending = server === undefined ? undefined : await openSending(context, server, options);
  const request = await requestOf(options);
  if (dryRun) return await dryRunOf(context, request, options);
  const recorder = options.record && server === undefined ? await openRecorder() : undefined;
  try {
    const outcomes = await runTargets(context, request, recorder);
    const derived = deriveFrom(request, outcomes);
    for (const one of derived) await recorder?.derive(one);
    const sent = await sending?.(request, outcomes, derived);
    await report(context, options, { request, outcomes, recorder, derived, sent });
  } finally {
    await recorder?.close();
  }
}

/** Prints the plan, and ends as the evaluation itself would where that is refused. */
async function dryRunOf(
  { terminal, signal }: Context,
  request: EvaluateRequest,
  { record, server, json }: EvaluateOptions,
): Promise<void> {
  const recorder = record && server === undefined ? await openRecorder().catch(asExpected) : undefined;
  const isAway = recorder instanceof Error;
  try {
    const planned = await planTargets({ terminal, signal }, request, isAway ? undefined : recorder);
    // A plan is worth having without a database, but what is recorded already is not known then.
    const away = isAway ? [{ message: sentenceOf(recorder), exitCode: exitCodeOf(recorder).code }] : [];
    const plan: Plan = { ...planned, refusals: [...away, ...planned.refusals] };
    terminal.print(json ? JSON.stringify(plan, null, 2) : planTable(plan));
    requireNoRefusal(plan);
  } finally {
    if (!isAway) await recorder?.close();
  }
}

const asExpected = (error: unknown): Error => {
  if (error instanceof Error && exitCodeOf(error).expected) return error;
  throw error;
};

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
