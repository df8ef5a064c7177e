/** `evaluate --checkpoint FILE`: parses what is asked, runs it, records it, and ends with a table. */
import { datasetEntry, locateDataset } from "../../datasets/index.ts";
import { type FinetuneSettings, gridNamed } from "../../evaluations/many-shot-finetune/protocol.ts";
import { settingNamed } from "../../evaluations/settings.ts";
import { openCheckpoint } from "../commands/checkpoint.ts";
import { namedPreprocessing } from "../commands/preprocess.ts";
import { type Context, cacheFolder } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { deviceChoice, methodSlug, wholeNumber } from "../options.ts";
import { calibrationAverage } from "./calibration-average.ts";
import { planTable, planTargets } from "./dry-run.ts";
import { readEpisodes } from "./episodes-file.ts";
import { type Derived, openRecorder, type Recorder } from "./recorder.ts";
import { resultTable, rowsOf } from "./report.ts";
import type { EvaluateOptions, EvaluateRequest, Target } from "./request.ts";
import { type Outcome, runTargets } from "./run.ts";
import { openSending, type Sent, sentInWords } from "./sending.ts";
import { suiteNamed } from "./suites.ts";

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
    const average = calibrationAverage(request, outcomes);
    if (average) await recorder?.derive(average);
    const sent = await sending?.(request, outcomes, average);
    await report(context, options, { request, outcomes, recorder, average, sent });
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
  const targets = targetsOf(options);
  if (options.suite === undefined && options.data === undefined) await requireShipped(targets[0]!.dataset);
  return {
    method: {
      slug: methodSlug(options.method),
      ...(options.methodName === undefined ? {} : { name: options.methodName }),
      ...(options.family === undefined ? {} : { family: options.family }),
    },
    targets,
    suite: options.suite,
    data: options.data,
    allowPartial: options.allowPartial ?? false,
    preprocessing: namedPreprocessing(options.preprocessing),
    device: deviceChoice(options.device),
    threads: options.threads === undefined ? undefined : wholeNumber("--threads", options.threads, 1),
    cacheFolder: cacheFolder(options.cache),
    seed: wholeNumber("--seed", options.seed),
    skipUnreadable: options.skipUnreadable ?? false,
    again: options.again ?? false,
    checkpoint: await openCheckpoint(options.checkpoint, options),
  };
}

/** The shorter schedule that was asked for; nothing for the paper's. */
function finetuneOf({ steps, grid, batch }: EvaluateOptions): Partial<FinetuneSettings> {
  return {
    ...(steps === undefined ? {} : { steps: wholeNumber("--steps", steps, 1) }),
    ...(batch === undefined ? {} : { batch: wholeNumber("--batch", batch, 2) }),
    ...(grid === undefined ? {} : { grid: gridNamed(grid) }),
  };
}

function targetsOf(options: EvaluateOptions): Target[] {
  const { suite, dataset, data, protocol, mode, episodes } = options;
  const finetune = finetuneOf(options);
  if (suite !== undefined) {
    if (dataset !== undefined) {
      throw new CommandError("--suite names its datasets: leave --dataset out", EXIT.usage);
    }
    const { setting, datasets } = suiteNamed(suite);
    return datasets.map((name) => ({ setting: settingNamed(setting, mode, { finetune }), dataset: name }));
  }
  if (dataset === undefined && data === undefined) {
    throw new CommandError(
      "say on what: --dataset NAME, --suite NAME, or --data DIR with images by class",
      EXIT.usage,
    );
  }
  const given = episodes === undefined ? undefined : readEpisodes(episodes);
  const name = dataset ?? "folder";
  datasetEntry(name);
  return [{ setting: settingNamed(protocol, mode, { given, finetune }), dataset: name }];
}

/** @throws CommandError for a dataset whose files must be brought, when nobody said where they are. */
async function requireShipped(name: string): Promise<void> {
  if ((await locateDataset(name, undefined)) !== undefined) return;
  const { title, source } = datasetEntry(name);
  throw new CommandError(`say where the files of ${title} are: --data DIR (${source})`, EXIT.usage);
}

interface Ending {
  readonly request: EvaluateRequest;
  readonly outcomes: readonly Outcome[];
  readonly recorder: Recorder | undefined;
  readonly average: Derived | undefined;
  readonly sent: Sent | undefined;
}

async function report(
  { terminal }: Context,
  { json }: EvaluateOptions,
  { request, outcomes, recorder, average, sent }: Ending,
): Promise<void> {
  const { suite, data } = request;
  const rows = await rowsOf(outcomes, average?.values ?? [], recorder);
  if (json) {
    const single = outcomes[0];
    const document =
      suite === undefined && single?.state === "done" ? single.evaluation : { suite, outcomes, rows };
    const whole = sent ? { ...document, sent: { file: sent.file, ...sent.answer } } : document;
    terminal.print(JSON.stringify(whole, null, 2));
  } else {
    for (const outcome of outcomes) {
      if (outcome.state === "recorded")
        terminal.say(`${outcome.title} is recorded already; --again evaluates it anew.`);
      if (outcome.state === "missing") terminal.say(`${outcome.title} is missing: ${outcome.reason}.`);
    }
    if (rows.length > 0) terminal.print(resultTable(rows));
    const words = sent && sentInWords(sent);
    if (words !== undefined) terminal.print(`\n${words}`);
  }
  if (sent?.error) throw sent.error;
  const failed = outcomes.filter((outcome) => outcome.state === "failed");
  if (failed.length > 0) {
    throw new CommandError(
      `${failed.length} of ${outcomes.length} failed: ${failed.map(({ title, reason }) => `${title} (${reason})`).join("; ")}`,
      EXIT.failed,
    );
  }
  if (outcomes.every(({ state }) => state === "missing")) {
    throw new CommandError(
      `none of the suite's datasets is in ${data ?? "any folder: say where with --data DIR"}`,
    );
  }
}
