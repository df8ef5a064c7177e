/**
 * `evaluate --dry-run`: what would be done, what it costs, and what would be refused, without doing any of it. All that
 * stays behind is the hashes of the datasets' files, which the evaluation itself then need not read again.
 */
import type { Item } from "../../datasets/index.ts";
import type { Cost } from "../../evaluations/kind.ts";
import { backboneOf } from "../../features/index.ts";
import type { Context } from "../context.ts";
import { CommandError, EXIT, type ExitCode, exitCodeOf, sentenceOf } from "../exit-codes.ts";
import { table } from "../table.ts";
import { duration } from "../terminal.ts";
import { readFinished } from "./finished.ts";
import { manifestOf } from "./manifest.ts";
import type { Recorder } from "./recorder.ts";
import type { EvaluateRequest, Target } from "./request.ts";
import { describedOf, planOf } from "./run.ts";
import { itemsOf, measureSpeed } from "./speed.ts";

/** Counts are of what is still to do. */
export interface PlannedTarget extends Partial<Cost> {
  readonly dataset: string;
  readonly setting: string;
  readonly state: "missing" | "recorded" | "computed" | "to do" | "cannot" | "left out";
  /** Why it is missing, cannot or is left out. */
  readonly reason?: string;
  readonly fingerprint?: string;
  readonly identity?: string;
}

/** What the evaluation itself would end with, before or after its work. */
export interface Refusal {
  readonly message: string;
  readonly exitCode: ExitCode;
}

export interface Plan {
  readonly targets: readonly PlannedTarget[];
  /** Empty where the evaluation can run. */
  readonly refusals: readonly Refusal[];
  readonly imagesPerSecond: number;
  readonly device: string;
  readonly extractionSeconds: number;
  readonly trainingSeconds: number;
  /** All of it, with what the evaluations reckon themselves. */
  readonly seconds: number;
}

/** What a training step costs in passes of the network: forward, and about twice that backward. */
export const PASSES_OF_A_STEP = 3;

export async function planTargets(
  context: Context,
  request: EvaluateRequest,
  recorder: Recorder | undefined,
): Promise<Plan> {
  const { checkpoint, readouts, preprocessing } = request;
  const { crop } = preprocessing;
  const backbones = new Map(
    readouts.map((slug) => [slug, backboneOf(checkpoint, { readouts: [slug], size: [crop, crop] })]),
  );
  const targets: PlannedTarget[] = [];
  const refusals: Refusal[] = [];
  let items: readonly Item[] = [];
  for (const target of request.targets) {
    context.signal.throwIfAborted();
    const { planned, refusal, images } = await planTarget(
      request,
      backbones.get(target.readout)!,
      target,
      recorder,
      context,
    );
    targets.push(planned);
    if (refusal) refusals.push(refusal);
    if (items.length === 0) items = images;
  }
  refusals.push(...missingOf(request, targets));
  const { imagesPerSecond, device } = await measureSpeed(
    request,
    backbones.get(readouts[0]!)!,
    items,
    context.signal,
  );
  const sumOf = (what: "toTrain" | "seconds") => targets.reduce((sum, one) => sum + (one[what] ?? 0), 0);
  // One pass makes all readouts of a dataset's images: only the longest of them counts.
  const passes = new Map<string, number>();
  for (const { setting, dataset, toExtract = 0 } of targets) {
    const key = `${setting}/${dataset}`;
    passes.set(key, Math.max(passes.get(key) ?? 0, toExtract));
  }
  const extractionSeconds = [...passes.values()].reduce((sum, images) => sum + images, 0) / imagesPerSecond;
  const trainingSeconds = (PASSES_OF_A_STEP * sumOf("toTrain")) / imagesPerSecond;
  const seconds = extractionSeconds + trainingSeconds + sumOf("seconds");
  return { targets, refusals, imagesPerSecond, device, extractionSeconds, trainingSeconds, seconds };
}

/** Alone, a dataset that is not here is refused; of several, only where none is here. */
function missingOf({ several, data }: EvaluateRequest, targets: readonly PlannedTarget[]): Refusal[] {
  const missing = targets.filter(({ state }) => state === "missing");
  const [first] = missing;
  if (!first || missing.length < targets.length) return [];
  const message = several
    ? `none of the datasets is in ${data ?? "any folder: say where with --data DIR"}`
    : `${first.dataset}: ${first.reason}`;
  return [{ message, exitCode: EXIT.badInput }];
}

/** @throws CommandError for the first refusal, once the plan is printed */
export function requireNoRefusal({ refusals }: Plan): void {
  const [first, ...rest] = refusals;
  if (!first) return;
  const more =
    rest.length === 0 ? "" : ` And ${rest.length} more: ${rest.map(({ message }) => message).join("; ")}`;
  const message = first.message.replace(/\.$/, "");
  throw new CommandError(`the evaluation would be refused: ${message}.${more}`, first.exitCode);
}

interface PlannedOne {
  readonly planned: PlannedTarget;
  readonly refusal?: Refusal;
  /** Images to measure the speed on; none where nothing is to be extracted. */
  readonly images: readonly Item[];
}

async function planTarget(
  request: EvaluateRequest,
  backbone: ReturnType<typeof backboneOf>,
  target: Target,
  recorder: Recorder | undefined,
  context: Context,
): Promise<PlannedOne> {
  const { kind, name, options } = target.setting;
  const named = { dataset: target.dataset, setting: name };
  const { data: folder, allowPartial, cacheFolder, checkpoint, device, threads } = request;
  if ((await kind.data.locate(target.dataset, folder, options)) === undefined) {
    const { layout, source } = kind.data.expected(target.dataset);
    return { planned: { ...named, state: "missing", reason: `expected ${layout}; ${source}` }, images: [] };
  }
  try {
    const data = await kind.data.open(target.dataset, { folder, allowPartial }, options);
    const manifest = await manifestOf(data, context, cacheFolder);
    const plan = planOf({ ...request, again: false }, target, data, manifest);
    const { protocol, identity, spec } = plan;
    const recorded = await recorder?.recorded(identity);
    const computed = readFinished(cacheFolder, identity);
    const { signal } = context;
    const surroundings = { checkpoint, backbone, manifest, cacheFolder, device, threads, signal };
    const cost = await kind.cost(spec, surroundings);
    const run = describedOf(request, target, plan, data, { device: "cpu", startedAt: new Date() });
    const contradiction = await recorder?.refusalOf(run);
    return {
      planned: {
        ...named,
        state: recorded ? "recorded" : computed ? "computed" : "to do",
        ...(recorded || computed ? nothingOf(cost) : cost),
        fingerprint: protocol.fingerprint,
        identity,
        ...(contradiction === undefined ? {} : { state: "cannot", reason: contradiction }),
      },
      ...(contradiction === undefined
        ? {}
        : { refusal: { message: contradiction, exitCode: EXIT.badInput } }),
      images: recorded || computed || !cost.toExtract ? [] : itemsOf(data),
    };
  } catch (error) {
    context.signal.throwIfAborted();
    const message = sentenceOf(error);
    return {
      planned: { ...named, state: "cannot", reason: message },
      refusal: { message, exitCode: exitCodeOf(error).code },
      images: [],
    };
  }
}

/** The cost of what is done already: its counts, at zero. */
function nothingOf({ images, featureMegabytes, ...counts }: Cost): Cost {
  const { toExtract, toTrain, seconds } = counts;
  return {
    images,
    ...(featureMegabytes === undefined ? {} : { featureMegabytes }),
    ...(toExtract === undefined ? {} : { toExtract: 0 }),
    ...(toTrain === undefined ? {} : { toTrain: 0 }),
    ...(seconds === undefined ? {} : { seconds: 0 }),
  };
}

/** A column is there where a target fills it. */
const COLUMNS = [
  { header: "images", of: ({ images }: PlannedTarget) => images?.toFixed() },
  { header: "to extract", of: ({ toExtract }: PlannedTarget) => toExtract?.toFixed() },
  { header: "features MB", of: ({ featureMegabytes }: PlannedTarget) => featureMegabytes?.toFixed(1) },
  { header: "to train on", of: ({ toTrain }: PlannedTarget) => toTrain?.toFixed() },
  {
    header: "beside that",
    of: ({ seconds }: PlannedTarget) => (seconds === undefined ? undefined : duration(seconds)),
  },
] as const;

export function planTable(plan: Plan): string {
  const { targets, imagesPerSecond, device } = plan;
  const filled = COLUMNS.filter(({ of }) => targets.some((target) => of(target) !== undefined));
  // What is to be known of several is said once, below.
  const notes = targets.flatMap(({ note }) => (note === undefined ? [] : [note]));
  const shared = new Set(notes.filter((note, i) => notes.indexOf(note) < i));
  const rows = targets.map((target) => {
    const { dataset, setting, state, reason, note = "" } = target;
    const why = reason ?? (shared.has(note) ? "" : note);
    return [setting, dataset, state, ...filled.map(({ of }) => of(target) ?? ""), why];
  });
  const columns = [
    { header: "protocol" },
    { header: "dataset" },
    { header: "state" },
    ...filled.map(({ header }) => ({ header, align: "right" as const })),
    { header: "why" },
  ];
  const rate = `${imagesPerSecond.toFixed(1)} images/s on ${device}`;
  const asked = targets.filter(({ state }) => state !== "left out");
  const has = (what: "toExtract" | "toTrain" | "seconds") => asked.some((one) => one[what] !== undefined);
  const unknown = asked.some(({ toExtract, seconds }) => toExtract !== undefined && seconds === undefined);
  const besides = unknown ? "; the classifiers come on top" : "";
  const lines = [
    ...(has("toExtract")
      ? [`Extraction: about ${duration(plan.extractionSeconds)} at ${rate}${besides}.`]
      : []),
    ...(has("toTrain")
      ? [
          `Training: about ${duration(plan.trainingSeconds)}, a step at ${PASSES_OF_A_STEP} times the network's ${rate}; it is measured before it starts.`,
        ]
      : []),
    ...(has("seconds") ? [`All of it: about ${duration(plan.seconds)}.`] : []),
    ...[...shared].map((note) => `Note: ${note}.`),
  ];
  return [table(columns, rows), ...lines].join("\n");
}
