/**
 * `evaluate --distribute`: asks the workers of this database's queue in place of computing here, and watches until they are
 * done. The same command again finds the same evaluation, so that watching may stop and go on.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Database,
  databaseUrl,
  type EvaluationJob,
  type EvaluationQueue,
  type EvaluationRequest,
  openQueue,
  type RequestedEvaluation,
} from "@transferboard/prisma";
import { jobsOfAsked } from "../../evaluations/asked/divide.ts";
import type { Asked } from "../../evaluations/asked/suites.ts";
import { duration } from "../../evaluations/progress.ts";
import { kindOf } from "../../evaluations/settings.ts";
import { databaseStore } from "../../jobs/index.ts";
import { USUAL_PREPROCESSING } from "../commands/preprocess.ts";
import type { Context } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { evaluationPage } from "../server/site.ts";
import { requestOf } from "./checkpoint.ts";
import { recorderOn } from "./recorder.ts";
import { resultTable, withStandings } from "./report.ts";
import type { EvaluateOptions } from "./request.ts";
import { openDatabase } from "./store.ts";

const LOOK_MS = 1_000;

/** What a queue cannot carry, or is the workers' to say: each would be left out in silence. */
const NOT_CARRIED = {
  ...{ server: "--server", dryRun: "--dry-run", again: "--again", methodName: "--method-name" },
  ...{ readout: "--readout", normalisation: "--normalisation", prefix: "--prefix", ignore: "--ignore" },
  ...{ allowPartial: "--allow-partial", skipUnreadable: "--skip-unreadable" },
  ...{ data: "--data", device: "--device", threads: "--threads", cache: "--cache" },
} as const satisfies Partial<Record<keyof EvaluateOptions, string>>;

/** @throws CommandError for what cannot be handed on, and where the evaluation fails */
export async function distribute(context: Context, options: EvaluateOptions): Promise<void> {
  const refused = Object.entries(NOT_CARRIED).find(([key]) => isGiven(options[key as keyof EvaluateOptions]));
  if (refused || !options.record) {
    throw new CommandError(`${refused?.[1] ?? "--no-record"} is not for --distribute`, EXIT.usage);
  }
  const asked = askedOf(options);
  const request = await evaluationRequestOf(options, asked);
  const jobs = jobsOfAsked(asked, options.given);
  const db = await openDatabase();
  const queue = openQueue(databaseUrl().appUrl, { applicationName: "transferboard evaluate" });
  try {
    const sent = await db.$transaction((tx) => queue.ask(request, Number.POSITIVE_INFINITY, tx, jobs), {
      maxWait: 10_000,
      // It also connects the queue.
      timeout: 60_000,
    });
    const { id, isNew } = sent!;
    context.terminal.say(
      `${isNew ? `Queued as ${jobs.length + 1} ${jobs.length > 0 ? "jobs" : "job"}` : "Requested before"}: ${evaluationPage(id)}`,
    );
    await tellEnd(context, db, await watch(context, queue, id), options.json === true);
  } finally {
    await queue.close();
    await db.$disconnect();
  }
}

/** "auto" is what an unsaid --device is. */
const isGiven = (value: unknown) =>
  value !== undefined && value !== false && value !== "auto" && !(Array.isArray(value) && value.length === 0);

/** @throws CommandError where it is neither a suite nor a dataset that a measure names */
function askedOf({ suite, dataset, protocol }: EvaluateOptions): Asked {
  if (suite !== undefined) return { suite };
  if (dataset === undefined) {
    throw new CommandError(
      "--distribute needs a dataset that the workers know by name: --dataset NAME or --suite NAME",
      EXIT.usage,
    );
  }
  const kind = kindOf(protocol);
  // Throws for a name that is none, listing those that are.
  kind.data.titleOf(dataset);
  return { measure: kind.measures(protocol, kind.data.kindOf(dataset))[0]!.slug };
}

async function evaluationRequestOf(options: EvaluateOptions, target: Asked): Promise<EvaluationRequest> {
  const { checkpoint, method, seed } = await requestOf({ ...options, data: "." });
  const { mode, ...given } = options.given;
  const own = Object.entries(given).map(([key, value]) => [key, String(value)]);
  const { inputSize, sha256 } = checkpoint;
  return {
    ...{ checkpoint: sha256, method: method.slug, target, seed },
    mode: mode === "paper-exact" ? mode : "converged",
    ...(own.length > 0 ? { options: Object.fromEntries(own) } : {}),
    preprocessing:
      options.preprocessing ?? (inputSize === 224 ? USUAL_PREPROCESSING : `shorter-${inputSize}`),
  };
}

/** Tells what changes until it has ended. */
async function watch(
  { terminal, signal }: Context,
  queue: EvaluationQueue,
  id: string,
): Promise<RequestedEvaluation> {
  let told = "";
  for (;;) {
    const evaluation = (await queue.find(id))!;
    if (evaluation.finishedAt !== null) return evaluation;
    const line = standOf(await queue.plan(id));
    if (line !== told) terminal.say(line);
    told = line;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) {
      terminal.say(
        "The workers continue. Run the same command to watch again; cancelEvaluation in the API cancels it.",
      );
      signal.throwIfAborted();
    }
  }
}

/** "3 of 6 jobs finished; running: Digits: selection and refit (Digits: features: 40%, 12 s left)" */
function standOf(jobs: readonly EvaluationJob[]): string {
  const ended = jobs.filter(({ finishedAt }) => finishedAt !== null).length;
  const running = jobs
    .filter(({ state }) => state === "RUNNING")
    .map(({ title, progress }) => {
      if (progress === null) return title;
      const { what, done, total, secondsLeft } = progress;
      const share = done === undefined || !total ? [] : [`${Math.floor((100 * done) / total)}%`];
      const left = secondsLeft === undefined ? [] : [`${duration(secondsLeft)} left`];
      // How far the step at hand is, not the job.
      const far = [...share, ...left].join(", ");
      return `${title} (${far === "" ? what : `${what}: ${far}`})`;
    });
  const now = running.length > 0 ? `running: ${running.join("; ")}` : "waiting for a worker";
  return `${ended} of ${jobs.length} jobs finished; ${now}`;
}

async function tellEnd(
  { terminal }: Context,
  db: Database,
  { id, state, reason, notes, runs }: RequestedEvaluation,
  json: boolean,
): Promise<void> {
  const made = await db.run.findMany({ where: { id: { in: [...runs] } }, orderBy: { createdAt: "asc" } });
  const recorder = recorderOn(databaseStore(db));
  const found = await Promise.all(made.map(({ identity }) => recorder.recorded(identity)));
  const values = await withStandings(
    found.flatMap((one) => one ?? []),
    recorder,
  );
  if (json) terminal.print(JSON.stringify({ evaluation: id, state, reason, notes, runs, values }, null, 2));
  else if (values.length > 0) terminal.print(resultTable(values));
  for (const note of notes) terminal.say(`Note: ${note}`);
  if (state !== "DONE") throw new CommandError(reason ?? "the evaluation was cancelled", EXIT.failed);
}
