/** `transferboard profile`: all that one extraction allows to be measured of a checkpoint. */
import type { Dataset } from "../../datasets/index.ts";
import type { AddCommand, Context } from "../context.ts";
import { requestOf } from "../evaluate/checkpoint.ts";
import { deriveFrom } from "../evaluate/derive.ts";
import { report } from "../evaluate/document.ts";
import { planTable, planTargets } from "../evaluate/dry-run.ts";
import { openRecorder } from "../evaluate/recorder.ts";
import type { EvaluateOptions, EvaluateRequest, Target } from "../evaluate/request.ts";
import { runTargets } from "../evaluate/run.ts";
import { openSending } from "../evaluate/sending.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import {
  BEYOND,
  budgetSeconds,
  type Chosen,
  chooseWithin,
  datasetsIn,
  obstacle,
  profileBoards,
  profileTargets,
} from "../profile/plan.ts";
import { METHOD_FILE_HELP } from "../server/method-file.ts";
import { tokenOption } from "../server/server.ts";
import { duration } from "../terminal.ts";
import { addLoadOptions, READOUT_HELP } from "./checkpoint.ts";

const HELP = `
Examples:
  transferboard profile --checkpoint mine.pth --method mine --data photos/
  transferboard profile --checkpoint mine.pth --method mine --data /datasets --budget 30m
  transferboard profile --checkpoint mine.pth --method mine --dataset digits --server https://board.example.org

Features are extracted once and shared by all evaluations. Without --data, the profile runs on the shipped data. If the
folder has several datasets, all are profiled. After an interruption, run the same command again to continue. With --server,
all values are sent as one submission.`;

type ProfileOptions = EvaluateOptions & { readonly budget?: string };

export const addProfile: AddCommand = (program, contextOf) => {
  const command = program
    .command("profile")
    .description("run every evaluation that a checkpoint's features allow, after extracting them once")
    .requiredOption("--checkpoint <file>", "weights: .pth, .pt, .pth.tar, .safetensors or .onnx")
    .requiredOption("--method <slug>", "the method's name on the board, such as moco-v2")
    .option("--method-name <name>", "how a new method is written on the board")
    .option("--data <dir>", "folder of the datasets, or of images by class")
    .option("--dataset <name>", "only this dataset")
    .option(
      "--budget <time>",
      "run what fits into this time, the cheapest and most informative first: 30m, 90s, 1h30m",
    )
    .option("--readout <slugs>", READOUT_HELP)
    .option("--allow-partial", "accept an incomplete dataset")
    .option("--seed <number>", "seed of everything random", "0");
  addLoadOptions(command)
    .option("--preprocessing <name>", "how images are preprocessed, as for evaluate")
    .option("--device <device>", "auto, cpu, webgpu or cuda", "auto")
    .option("--threads <number>", "CPU threads of one operator")
    .option("--cache <dir>", "folder for features and unfinished work")
    .option("--skip-unreadable", "leave out images that cannot be read, and list them")
    .option("--no-record", "do not record the results")
    .option("--again", "evaluate again what is already recorded, as new runs")
    .option("--dry-run", "show what would be done and how long it takes")
    .option("--server <url>", "submit the results to this server instead of recording them here")
    .addOption(tokenOption())
    .option("--source <words>", "with --server: the source of the results, such as the address of a paper")
    .option("--method-file <file>", `with --server: ${METHOD_FILE_HELP}`)
    .option("--json", "print one JSON document")
    .addHelpText("after", HELP)
    .action(async (options: ProfileOptions) => profile(contextOf(options.json), options));
};

async function profile(context: Context, options: ProfileOptions): Promise<void> {
  const { server, dryRun, budget } = options;
  if (server === undefined && options.methodFile !== undefined) {
    throw new CommandError("--method-file goes with --server", EXIT.usage);
  }
  const seconds = budget === undefined ? undefined : budgetSeconds(budget);
  const sending = server === undefined || dryRun ? undefined : await openSending(context, server, options);
  const asked = await requestFor(options);
  const { request, impossible } = await possible(context, asked);
  const recorder = options.record && server === undefined ? await openRecorder() : undefined;
  try {
    const plan = dryRun || seconds !== undefined ? await planTargets(context, request, recorder) : undefined;
    const chosen = plan && chooseWithin(request.targets, plan, seconds);
    for (const sentence of [...impossible, ...leftOutOf(chosen)]) context.terminal.say(sentence);
    if (dryRun) {
      const { plan } = chosen!;
      return context.terminal.print(options.json ? JSON.stringify(plan, null, 2) : planTable(plan));
    }
    const targets = chosen?.targets ?? request.targets;
    if (targets.length === 0) {
      throw new CommandError(
        `nothing of the profile fits into ${budget}: allow more time, or leave out --budget`,
        EXIT.usage,
      );
    }
    const running = { ...request, targets };
    const outcomes = await runTargets(context, running, recorder);
    const derived = deriveFrom(running, outcomes);
    for (const one of derived) await recorder?.derive(one);
    const sent = await sending?.(running, outcomes, derived);
    await report(context, options, { request: running, outcomes, recorder, derived, sent });
    // After the table, where it is not missed.
    for (const sentence of leftOutOf(chosen)) context.terminal.say(sentence);
  } finally {
    await recorder?.close();
  }
}

/** The request of an evaluation, its targets those of the profile. */
async function requestFor(options: ProfileOptions): Promise<EvaluateRequest> {
  const datasets = await datasetsIn(options.data, options.dataset);
  const targets = profileTargets(datasets);
  const [first] = targets;
  const request = await requestOf({
    ...options,
    dataset: first!.dataset,
    protocol: first!.setting.name,
    given: {},
  });
  const all = request.readouts.flatMap((readout) => targets.map((target) => ({ ...target, readout })));
  return { ...request, targets: all, boards: profileBoards(datasets), several: true };
}

/** Leaves out what a dataset cannot be evaluated by, and says why. */
async function possible(
  { signal }: Context,
  request: EvaluateRequest,
): Promise<{ request: EvaluateRequest; impossible: string[] }> {
  const opened = new Map<string, Promise<Dataset | undefined>>();
  const open = ({ setting: { kind, options }, dataset }: Target) => {
    const known =
      opened.get(dataset) ??
      (kind.data
        .open(dataset, { folder: request.data, allowPartial: request.allowPartial }, options)
        // What is wrong with it is said when it is evaluated.
        .catch(() => undefined) as Promise<Dataset | undefined>);
    opened.set(dataset, known);
    return known;
  };
  const targets: Target[] = [];
  const impossible: string[] = [];
  for (const target of request.targets) {
    signal.throwIfAborted();
    const reason = /^few-shot-\d+$/.test(target.setting.name) ? await obstacleOf(target, open) : undefined;
    if (reason === undefined) targets.push(target);
    else impossible.push(`Left out: ${target.setting.name} on ${target.dataset}: ${reason}`);
  }
  return { request: { ...request, targets }, impossible };
}

async function obstacleOf(target: Target, open: (target: Target) => Promise<Dataset | undefined>) {
  const data = await open(target);
  return data && obstacle(target, data);
}

function leftOutOf(chosen: Chosen | undefined): string[] {
  return (chosen?.leftOut ?? []).map(
    ({ target, seconds }) =>
      `Left out: ${target.setting.name} on ${target.dataset}, about ${duration(seconds)}: ${BEYOND}`,
  );
}
