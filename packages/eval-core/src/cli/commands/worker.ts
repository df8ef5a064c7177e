/** `transferboard worker`: evaluates what was asked for through the API, on this machine. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { databaseUrl, openQueue } from "@transferboard/prisma";
import { checkpointFiles, work } from "../../jobs/index.ts";
import { type AddCommand, type Context, cacheFolder } from "../context.ts";
import { openRecorder } from "../evaluate/recorder.ts";
import { evaluateRequested, type Place } from "../evaluate/requested.ts";
import { CommandError, sentenceOf } from "../exit-codes.ts";
import { deviceChoice, wholeNumber } from "../options.ts";

const HELP = `
Any number of workers share one queue: each request is worked on by one of them. A worker that dies is replaced by the
next one, which goes on where it stopped if they share --cache. SIGTERM or Ctrl-C gives the request at hand back.`;

interface WorkerOptions {
  readonly checkpoints: string;
  readonly data?: string;
  readonly device: string;
  readonly threads?: string;
  readonly cache?: string;
  readonly once?: boolean;
}

export const addWorker: AddCommand = (program, contextOf) => {
  program
    .command("worker")
    .description("evaluate what is asked for through the API, one request after the other")
    .requiredOption("--checkpoints <dir>", "where files of weights are; requests name them by SHA-256")
    .option("--data <dir>", "where the datasets are")
    .option("--device <device>", "auto, cpu, webgpu or cuda", "auto")
    .option("--threads <number>", "CPU threads of one operator")
    .option("--cache <dir>", "where features, hashes and unfinished work are kept")
    .option("--once", "end when no request waits any more")
    .addHelpText("after", HELP)
    .action((options: WorkerOptions) => runWorker(contextOf(), options));
};

async function runWorker({ terminal, signal }: Context, options: WorkerOptions): Promise<void> {
  const { checkpoints, data, device, threads, once = false } = options;
  // Faults of the command itself, before a request suffers from them.
  deviceChoice(device);
  if (threads !== undefined) wholeNumber("--threads", threads, 1);
  requireFolder("--checkpoints", checkpoints);
  if (data !== undefined) requireFolder("--data", data);
  const cache = cacheFolder(options.cache);
  const place: Place = {
    checkpoints,
    files: checkpointFiles(checkpoints, join(cache, "checkpoints.json")),
    data,
    device,
    threads,
    cache,
  };
  const recorder = await openRecorder();
  const queue = openQueue(databaseUrl().appUrl, {
    supervise: true,
    applicationName: "transferboard worker",
    onError: (error) => terminal.say(`The queue: ${sentenceOf(error)}`),
  });
  try {
    terminal.say(`Waiting for requests; weights are in ${checkpoints}.`);
    await work({
      queue,
      evaluate: (request, stop) => evaluateRequested({ terminal, signal: stop }, place, recorder, request),
      signal,
      once,
      say: (line) => terminal.say(line),
    });
  } finally {
    await queue.close();
    await recorder.close();
  }
}

function requireFolder(option: string, path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new CommandError(`${option} must be a folder that is there, not '${path}'`);
}
