/** `transferboard worker`: evaluates what was asked for through the API, on this machine. */
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkpointFiles, work } from "../../jobs/index.ts";
import { chooseDevice } from "../../runtime/index.ts";
import { memoryHere, wallsHere } from "../../sandbox/index.ts";
import { type AddCommand, type Context, cacheFolder } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { deviceChoice, wholeNumber } from "../options.ts";
import { evaluateRequested, type Place } from "../requested/evaluate.ts";
import { evaluationMemory } from "../requested/memory.ts";
import { openSource, type SourceOptions, workerName } from "../requested/source.ts";
import { tokenOption } from "../server/server.ts";
import { onSigtermInstead } from "../signals.ts";

const HELP = `
Any number of workers can share one queue. Each request goes to one worker. If a worker dies, the next one takes over, and
continues where it stopped if they share --cache. SIGTERM and Ctrl-C return the current request to the queue.

Each request is evaluated in its own process, which does not know the database's address. It can read the checkpoint, --data
and --cache, and write only to --cache. At its start the worker lists the limits that this machine cannot enforce.
With --server the worker needs no database: it works through the API, with a token of the scope WORK
('transferboard token create --scope work').
--until-preempted is for clusters: SIGTERM, once or several times, ends the worker within 10 seconds with exit code 75,
by which the batch script knows to queue again.`;

/** A cluster kills half a minute after SIGTERM at the earliest; the queue gives a silent worker's job on after that, too. */
const GIVE_BACK_MS = 10_000;

interface WorkerOptions extends SourceOptions {
  readonly checkpoints: string;
  readonly data?: string;
  readonly device: string;
  readonly threads?: string;
  readonly cache?: string;
  readonly memory?: string;
  readonly hours: string;
  readonly once?: boolean;
  readonly untilPreempted?: boolean;
}

export const addWorker: AddCommand = (program, contextOf) => {
  program
    .command("worker")
    .description("run the evaluations requested through the API, one at a time")
    .requiredOption("--checkpoints <dir>", "folder of the weight files; requests name them by SHA-256")
    .option("--data <dir>", "folder of the datasets")
    .option(
      "--server <url>",
      "work for this server through its API, without a database (also TRANSFERBOARD_SERVER, where DATABASE_URL is not set)",
    )
    .addOption(tokenOption())
    .option("--device <device>", "auto, cpu, webgpu or cuda", "auto")
    .option("--threads <number>", "CPU threads of one operator")
    .option("--cache <dir>", "folder for features, hashes and unfinished work")
    .option(
      "--memory <MiB>",
      "memory limit of one evaluation (default: three quarters of the machine's or container's)",
    )
    .option("--hours <number>", "time limit of one evaluation", "24")
    .option("--once", "end when no request is waiting")
    .option("--until-preempted", "on SIGTERM, return the request to the queue and end with exit code 75")
    .addHelpText("after", HELP)
    .action((options: WorkerOptions) => runWorker(contextOf(), options));
};

/** Aborted by the first SIGTERM; those that follow are not taken for a wish to stop at once. */
function preemption(): AbortSignal {
  const preempted = new AbortController();
  onSigtermInstead(() => {
    if (preempted.signal.aborted) return;
    preempted.abort();
    process.stderr.write("\nPreempted: giving back what is at hand.\n");
    setTimeout(() => process.exit(EXIT.preempted), GIVE_BACK_MS).unref();
  });
  return preempted.signal;
}

async function runWorker({ terminal, signal: asked }: Context, options: WorkerOptions): Promise<void> {
  const preempted = options.untilPreempted ? preemption() : undefined;
  const signal = preempted ? AbortSignal.any([asked, preempted]) : asked;
  const { checkpoints, data, device, threads, once = false } = options;
  // Faults of the command itself, before a request suffers from them.
  const choice = deviceChoice(device);
  const memoryBytes =
    options.memory === undefined
      ? evaluationMemory(memoryHere())
      : wholeNumber("--memory", options.memory, 100) * 2 ** 20;
  const hours = wholeNumber("--hours", options.hours, 1);
  if (threads !== undefined) wholeNumber("--threads", threads, 1);
  requireFolder("--checkpoints", checkpoints);
  if (data !== undefined) requireFolder("--data", data);
  const cache = cacheFolder(options.cache);
  const place: Place = {
    worker: workerName(),
    checkpoints,
    files: checkpointFiles(checkpoints, join(cache, "checkpoints.json")),
    data: data === undefined ? undefined : resolve(data),
    // Tried once, here: the processes that evaluate start no other.
    device: await chooseDevice(choice),
    threads,
    cache,
    memoryBytes,
    hours,
  };
  const source = await openSource(options, terminal);
  try {
    for (const missing of (await wallsHere()).missing)
      terminal.say(`Not limited on this machine: ${missing}.`);
    terminal.say(`Waiting for requests; weights are in ${checkpoints}.`);
    await work({
      source,
      evaluate: (request, job, part) =>
        evaluateRequested({ terminal, signal: job.signal }, place, job, request, part),
      signal,
      once,
      say: (line) => terminal.say(line),
    });
    if (preempted?.aborted) process.exitCode = EXIT.preempted;
  } finally {
    await source.close();
  }
}

function requireFolder(option: string, path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new CommandError(`${option} must be a folder that is there, not '${path}'`);
}
