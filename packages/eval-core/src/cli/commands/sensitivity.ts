/**
 * `transferboard sensitivity`: what one field of a protocol does to a value, by runs of one experiment: the same checkpoint on the
 * same images, one option changed at a time. They are recorded as any evaluation is; `explain` and its page read them.
 */
import type { AddCommand, Context } from "../context.ts";
import { requestOf } from "../evaluate/checkpoint.ts";
import { type Plan, planTable, planTargets, requireNoRefusal } from "../evaluate/dry-run.ts";
import { openRecorder, type Recorder } from "../evaluate/recorder.ts";
import { valuesOf } from "../evaluate/report.ts";
import type { EvaluateOptions, EvaluateRequest } from "../evaluate/request.ts";
import { runTargets } from "../evaluate/run.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { collect } from "../options.ts";
import { bandsOf, sensitivityTable, type Tried } from "../sensitivity/bands.ts";
import { type Variation, variationsOf } from "../sensitivity/variations.ts";
import { duration } from "../terminal.ts";
import { addHowOptions, addTargetOptions, type FlatOptions, withGiven } from "./evaluate.ts";

const HELP = `
Examples:
  transferboard sensitivity --checkpoint mine.pth --method mine --protocol knn --dataset digits --vary seed=1,2 \\
    --vary preprocessing=shorter-64,square-257-crop-224
  transferboard sensitivity --checkpoint mine.pth --method mine --data photos/ --vary mode=paper-exact --dry-run

Each value of each --vary is one run; runs that are already recorded are not repeated. The unchanged evaluation comes last, so
that it is the newest and boards show it. After an interruption, run the same command again to continue.`;

type SensitivityOptions = EvaluateOptions & { readonly vary: readonly string[] };

export const addSensitivity: AddCommand = (program, contextOf) => {
  const command = program
    .command("sensitivity")
    .description("measure how each field of a protocol changes a value, one field at a time")
    .requiredOption("--checkpoint <file>", "weights: .pth, .pt, .pth.tar, .safetensors or .onnx")
    .requiredOption("--method <slug>", "the method's name on the board, such as moco-v2")
    .option("--method-name <name>", "how a new method is written on the board")
    .requiredOption(
      "--vary <field=values>",
      "what to vary: readout, preprocessing, seed, or an option of the evaluation such as mode (may be repeated)",
      collect,
    );
  addTargetOptions(command);
  addHowOptions(command);
  command.addHelpText("after", HELP).action(async (flat: FlatOptions & Pick<SensitivityOptions, "vary">) => {
    await sensitivity(contextOf(flat.json as boolean | undefined), { ...withGiven(flat), vary: flat.vary });
  });
};

async function sensitivity(context: Context, { vary, ...options }: SensitivityOptions): Promise<void> {
  const baseline = await oneTarget(options);
  const variations = variationsOf(options, vary);
  // All are read before the first is run: a mistake in the last is told at once.
  const requests: EvaluateRequest[] = [];
  for (const variation of variations) requests.push(await oneTarget(variation.options));
  const recorder = options.record ? await openRecorder() : undefined;
  try {
    if (options.dryRun) {
      const runs = variations.map(({ field, value }, i) => [`${field}=${value}`, requests[i]!] as const);
      return await printPlans(context, [...runs, ["nothing changed", baseline]], recorder, options.json);
    }
    const { tried, failed, ...done } = await runAll(context, variations, requests, recorder);
    const unchanged = await runUnchanged(context, baseline, recorder, done);
    const found = bandsOf(unchanged, tried);
    context.terminal.print(
      options.json
        ? JSON.stringify({ unchanged, ...found, failed }, null, 2)
        : sensitivityTable(unchanged, found),
    );
    if (failed.length > 0)
      throw new CommandError(
        `${failed.length} of ${variations.length} failed: ${failed.join("; ")}`,
        EXIT.failed,
      );
  } finally {
    await recorder?.close();
  }
}

/** @throws CommandError where the options ask for several evaluations */
async function oneTarget(options: EvaluateOptions): Promise<EvaluateRequest> {
  if (options.suite !== undefined)
    throw new CommandError("sensitivity varies one evaluation: name a --dataset, not a --suite", EXIT.usage);
  const request = await requestOf(options);
  if (request.targets.length !== 1)
    throw new CommandError("sensitivity varies one evaluation: name one --readout, and vary it", EXIT.usage);
  return request;
}

async function printPlans(
  { terminal, signal }: Context,
  runs: readonly (readonly [name: string, request: EvaluateRequest])[],
  recorder: Recorder | undefined,
  json = false,
): Promise<void> {
  const plans: (Plan & { readonly run: string })[] = [];
  /** Seconds by what features are of: they are extracted once for all runs that need the same. */
  const extraction = new Map<string, number>();
  for (const [run, request] of runs) {
    const plan = await planTargets({ terminal, signal }, request, recorder);
    plans.push({ run, ...plan });
    const { preprocessing, readouts, checkpoint } = request;
    const of = JSON.stringify([preprocessing, readouts, checkpoint.normalisation]);
    extraction.set(of, plan.extractionSeconds);
  }
  if (json) terminal.print(JSON.stringify(plans, null, 2));
  else {
    const besides = plans.reduce((sum, plan) => sum + plan.seconds - plan.extractionSeconds, 0);
    const all = besides + [...extraction.values()].reduce((sum, seconds) => sum + seconds, 0);
    const tables = plans.map((plan) => `${plan.run}\n\n${planTable(plan)}`);
    const shared = "runs with the same images, preprocessing and readout share their features";
    terminal.print([...tables, `All ${plans.length} runs: about ${duration(all)}; ${shared}.`].join("\n\n"));
  }
  for (const plan of plans) requireNoRefusal(plan);
}

async function runAll(
  context: Context,
  variations: readonly Variation[],
  requests: readonly EvaluateRequest[],
  recorder: Recorder | undefined,
) {
  const tried: Tried[] = [];
  const failed: string[] = [];
  const identities: string[] = [];
  let isNew = false;
  for (const [i, { field, value }] of variations.entries()) {
    context.signal.throwIfAborted();
    context.terminal.say(`Run ${i + 1} of ${variations.length + 1}: ${field}=${value}`);
    // One that fails leaves the others to go on.
    const [outcome] = await runTargets(context, { ...requests[i]!, several: true }, recorder);
    if (outcome!.state === "failed" || outcome!.state === "missing")
      failed.push(`${field}=${value} (${outcome!.reason})`);
    else {
      tried.push({ field, value, measured: valuesOf(outcome!) });
      identities.push(outcome!.identity);
    }
    isNew ||= outcome!.state === "done";
  }
  return { tried, failed, identities, isNew };
}

/**
 * A board's cell shows its newest value: where a variation came after the unchanged evaluation, that is recorded once more, as
 * a run that the variations name, so that the same command finds it.
 */
async function runUnchanged(
  context: Context,
  request: EvaluateRequest,
  recorder: Recorder | undefined,
  { identities, isNew }: { readonly identities: readonly string[]; readonly isNew: boolean },
) {
  context.terminal.say("Last run: nothing changed");
  const [outcome] = await runTargets(context, request, recorder);
  if (outcome!.state !== "recorded" || !recorder) return valuesOf(outcome!);
  // Ids of runs grow with time. Variations may be of a command that was ended before its last run.
  const [own] = await recorder.runIds([outcome!.identity]);
  const isLast = (await recorder.runIds(identities)).every((id) => id < own!);
  if (isLast && !isNew) return valuesOf(outcome!);
  const again = `after ${identities.toSorted().join(" ")}`;
  const [repeated] = await runTargets(context, { ...request, again }, recorder);
  return valuesOf(repeated!);
}
