/** `transferboard launch slurm | kubernetes | local`: many workers at once. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { memoryHere } from "../../sandbox/index.ts";
import type { AddCommand, Context } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { jobManifest, requireMounted } from "../launch/kubernetes.ts";
import { launchLocal, threadShare } from "../launch/local.ts";
import { slurmEvaluationMemory, slurmScript } from "../launch/slurm.ts";
import { quoted, type WorkerShape, workerArguments } from "../launch/worker-command.ts";
import { deviceChoice, wholeNumber } from "../options.ts";
import { evaluationMemory, mebibytes } from "../requested/memory.ts";
import { baseOf } from "../server/server.ts";

/** A worker takes no less for an evaluation. */
const LEAST_MEMORY = 100 * 2 ** 20;

interface LaunchOptions extends WorkerShape {
  readonly device: string;
  readonly workers: string;
  readonly name: string;
  readonly print?: boolean;
  readonly time: string;
  readonly partition?: string;
  readonly account?: string;
  readonly cpus: string;
  readonly gpus: string;
  readonly memory?: string;
  readonly logs: string;
  readonly command: string;
  readonly image: string;
  readonly namespace?: string;
  readonly secret: string;
  readonly claim: string;
  readonly mount: string;
}

export const addLaunch: AddCommand = (program, contextOf) => {
  const launch = program.command("launch").description("start many workers, on this machine or on a cluster");
  worker(launch.command("slurm").description("submit an array of workers to Slurm"))
    .option("--name <name>", "name of the job", "transferboard")
    .option("--partition <name>", "the partition")
    .option("--account <name>", "account to charge")
    .option("--time <time>", "time limit of a task", "4:00:00")
    .option("--cpus <number>", "cores of a task", "4")
    .option("--gpus <number>", "graphics cards of a task", "0")
    .option("--memory <amount>", "memory of a task, such as 16G; an evaluation may use three quarters of it")
    .option("--logs <dir>", "folder for the tasks' logs", "transferboard-logs")
    .option("--command <command>", "how a node starts this command", "transferboard")
    .option("--print", "print the script and submit nothing")
    .action((options: LaunchOptions) => submitSlurm(contextOf(), options));
  worker(launch.command("kubernetes").description("print the manifest of a Job of workers"))
    .requiredOption("--image <image>", "the container image of the command")
    .option(
      "--command <command>",
      "how the image starts this command",
      "node packages/eval-core/bin/transferboard.mjs",
    )
    .option("--name <name>", "name of the job", "transferboard")
    .option("--namespace <name>", "the namespace")
    .option("--cpus <number>", "cores of a pod", "4")
    .option("--gpus <number>", "NVIDIA cards of a pod", "0")
    .option("--memory <amount>", "memory of a pod", "16Gi")
    .option(
      "--secret <name>",
      "the secret with the key DATABASE_URL, or with --server the key TRANSFERBOARD_TOKEN",
      "transferboard",
    )
    .requiredOption("--claim <name>", "the volume claim that holds checkpoints, data and cache")
    .option("--mount <dir>", "where the volume is mounted", "/work")
    .action(printJob);
  worker(launch.command("local").description("run workers on this machine until they end"))
    .option("--gpus <list>", "numbers of the graphics cards, one for each worker in turn, such as 0,1", "")
    .action((options: LaunchOptions) => runLocal(contextOf(), options));
};

/** The options that all three share: how many, and what each worker is given. */
const worker = (command: Command): Command =>
  command
    .option("--workers <number>", "number of workers", "1")
    .option(
      "--server <url>",
      "work for this server through its API, with the token in TRANSFERBOARD_TOKEN, instead of with the database",
    )
    .requiredOption("--checkpoints <dir>", "folder of the weight files, on the working machine")
    .option("--data <dir>", "folder of the datasets")
    .option(
      "--cache <dir>",
      "folder for unfinished work; where all workers share it, they continue each other's work",
    )
    .option("--device <device>", "auto, cpu, webgpu or cuda", "auto");

/** The worker's own command line, once its options have been looked at. */
function commandOf(
  options: LaunchOptions,
  share: Pick<WorkerShape, "threads" | "memory">,
  ...flags: string[]
) {
  deviceChoice(options.device);
  const { checkpoints, data, cache, device } = options;
  const server = options.server === undefined ? undefined : baseOf(options.server);
  return workerArguments({ server, checkpoints, data, cache, device, ...share }, ["--once", ...flags]);
}

const words = (command: string): string[] => command.split(" ").filter(Boolean);

const countOf = ({ workers }: LaunchOptions): number => wholeNumber("--workers", workers, 1);

function submitSlurm({ terminal }: Context, options: LaunchOptions): void {
  const cpus = wholeNumber("--cpus", options.cpus, 1);
  const memory = slurmEvaluationMemory(options.memory);
  const command = [
    ...words(options.command),
    ...commandOf(options, { threads: String(cpus), memory }, "--until-preempted"),
  ];
  const script = slurmScript(command, {
    ...options,
    workers: countOf(options),
    cpus,
    gpus: wholeNumber("--gpus", options.gpus, 0),
  });
  if (options.memory === undefined)
    terminal.say(
      "Without --memory an evaluation may take three quarters of its node's memory, whatever share the cluster gives the task.",
    );
  if (options.print) {
    process.stdout.write(script);
    return;
  }
  mkdirSync(options.logs, { recursive: true });
  const file = `${options.logs}/${options.name}.sbatch`;
  writeFileSync(file, script);
  const sent = spawnSync("sbatch", ["--parsable", file], { encoding: "utf8" });
  if (sent.error)
    throw new CommandError(
      `there is no sbatch here (the script is ${file}): run this on a login node`,
      EXIT.failed,
    );
  if (sent.status !== 0) throw new CommandError(`sbatch refused ${file}: ${sent.stderr.trim()}`, EXIT.failed);
  const id = sent.stdout.trim().split(";")[0]!;
  terminal.say(`Submitted ${options.workers} workers as job ${id}; the script is ${file}.`);
  terminal.say(`See them with: squeue --job ${id}     Stop them with: scancel ${id}`);
}

function printJob(options: LaunchOptions & { readonly memory: string }): void {
  const cpus = wholeNumber("--cpus", options.cpus, 1);
  requireMounted(options.mount, options);
  // Of memory a worker in a container sees what its pod has.
  const manifest = jobManifest(commandOf(options, { threads: String(cpus) }, "--until-preempted"), {
    ...options,
    secretKey: options.server === undefined ? "DATABASE_URL" : "TRANSFERBOARD_TOKEN",
    program: words(options.command),
    workers: countOf(options),
    cpus,
    gpus: wholeNumber("--gpus", options.gpus, 0),
  });
  process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
}

async function runLocal({ terminal, signal }: Context, options: LaunchOptions): Promise<void> {
  const workers = countOf(options);
  const gpus =
    options.gpus === "" ? [] : options.gpus.split(",").map((text) => wholeNumber("--gpus", text, 0));
  const bytes = Math.max(LEAST_MEMORY, evaluationMemory(memoryHere()) / workers);
  const command = commandOf(options, { threads: String(threadShare(workers)), memory: mebibytes(bytes) });
  terminal.say(`${workers} workers: ${command.map(quoted).join(" ")}`);
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const program = [process.execPath, ...process.execArgv, main];
  const codes = await launchLocal(program, command, {
    workers,
    gpus,
    signal,
    say: (i, line) => terminal.say(`worker ${i + 1}: ${line}`),
  });
  const failed = codes.flatMap((code, i) =>
    code === EXIT.ok || code === EXIT.interrupted ? [] : [`${i + 1} (exit code ${code})`],
  );
  if (failed.length > 0)
    throw new CommandError(`failed workers: ${failed.join(", ")}; their messages are above`, EXIT.failed);
}
