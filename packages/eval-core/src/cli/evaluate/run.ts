/** Runs the targets of a request one after the other: what fails or is missing is named, and the rest goes on. */
import type { EvaluationData } from "../../evaluations/data.ts";
import {
  type Evaluation,
  type JsonRecord,
  networkName,
  type ProtocolDescription,
} from "../../evaluations/evaluation.ts";
import { networkFacts, type Planned, planEvaluation } from "../../evaluations/plan.ts";
import { runEvaluation, runPart, runShare, type Surroundings } from "../../evaluations/run.ts";
import {
  backboneOf,
  type Extractor,
  type FeatureBlock,
  openExtractor,
  type Share,
} from "../../features/index.ts";
import { chooseDevice, type Device } from "../../runtime/index.ts";
import type { Context } from "../context.ts";
import { CommandError, isFinal, sentenceOf } from "../exit-codes.ts";
import { readFinished, writeFinished } from "./finished.ts";
import { manifestOf } from "./manifest.ts";
import type { RecordedValue, Recorder, RunDescription } from "./recorder.ts";
import type { EvaluateRequest, Target } from "./request.ts";

interface Known {
  readonly identity: string;
  readonly manifest: string;
  readonly protocol: ProtocolDescription;
}

export type Outcome = { readonly target: Target; readonly title: string } & (
  | ({ readonly state: "done"; readonly evaluation: Evaluation } & Known)
  /** A run of the same identity is in the record already. */
  | ({ readonly state: "recorded"; readonly values: readonly RecordedValue[] } & Known)
  | { readonly state: "missing"; readonly reason: string }
  | { readonly state: "failed"; readonly reason: string; readonly isFinal: boolean }
);

/** What all targets share, opened on first use: a suite that is recorded already starts no worker. */
interface Shared {
  device(): Promise<Device>;
  extractor: Surroundings["extractor"];
}

export function runTargets(
  context: Context,
  request: EvaluateRequest,
  recorder: Recorder | undefined,
): Promise<Outcome[]> {
  return withShared(request, async (shared) => {
    const outcomes: Outcome[] = [];
    for (const target of request.targets) {
      context.signal.throwIfAborted();
      const title = target.setting.kind.data.titleOf(target.dataset);
      const ending = await runTarget(context, request, target, recorder, shared);
      outcomes.push({ target, title, ...ending });
    }
    return outcomes;
  });
}

async function withShared<T>(request: EvaluateRequest, use: (shared: Shared) => Promise<T>): Promise<T> {
  const { threads, cacheFolder, checkpoint } = request;
  let chosen: Promise<Device> | undefined;
  const opened = new Map<string, Promise<Extractor>>();
  const device = () => {
    chosen ??= chooseDevice(request.device);
    return chosen;
  };
  const open = async ({ readouts, side }: Parameters<Surroundings["extractor"]>[0]) =>
    openExtractor(backboneOf(checkpoint, { ...(readouts ? { readouts } : {}), size: [side, side] }), {
      device: await device(),
      cacheFolder,
      ...(threads === undefined ? {} : { threads }),
    });
  const extractor: Surroundings["extractor"] = (what) => {
    const key = JSON.stringify([what.readouts, what.side]);
    const known = opened.get(key) ?? open(what);
    opened.set(key, known);
    return known;
  };
  try {
    return await use({ device, extractor });
  } finally {
    for (const one of opened.values()) await (await one.catch(() => undefined))?.close();
  }
}

/** What one job works out for another to go on from. */
export type Contribution<Found> =
  /** Of a run of this identity. */
  | { readonly state: "done"; readonly identity: string; readonly found: Found }
  /** The whole is in the record already. */
  | { readonly state: "recorded" }
  | { readonly state: "missing"; readonly reason: string };

export type PartOutcome = Contribution<JsonRecord>;
export type ShareOutcome = Contribution<FeatureBlock[]>;

/** One part of the only target. @throws what opening the data and running throws */
export const runPartOf = (
  context: Context,
  request: EvaluateRequest,
  part: number,
  recorder: Recorder,
): Promise<PartOutcome> =>
  contribute(context, request, recorder, (planned, lent) => runPart(planned, lent, part));

/** One share of the features of the only target, into the cache. @throws what opening the data and extracting throws */
export const runShareOf = (
  context: Context,
  request: EvaluateRequest,
  which: Share,
  recorder: Recorder,
): Promise<ShareOutcome> =>
  contribute(context, request, recorder, (planned, lent) => runShare(planned, lent, which));

function contribute<Found>(
  { terminal, signal }: Context,
  request: EvaluateRequest,
  recorder: Recorder,
  find: (planned: Planned, lent: Surroundings) => Promise<Found>,
): Promise<Contribution<Found>> {
  return withShared(request, async (shared) => {
    const target = request.targets[0]!;
    const reason = await missingHere(request, target);
    if (reason !== undefined) return { state: "missing", reason };
    const { data, manifest } = await openData({ terminal, signal }, request, target);
    const planned = planOf(request, target, data, manifest);
    if (await recorder.recorded(planned.identity)) return { state: "recorded" };
    const lent = surroundingsOf(request, target, planned, await shared.device(), shared, {
      terminal,
      signal,
    });
    return { state: "done", identity: planned.identity, found: await find(planned, lent) };
  });
}

type Ending = Outcome extends infer O ? (O extends Outcome ? Omit<O, "target" | "title"> : never) : never;

async function runTarget(
  context: Context,
  request: EvaluateRequest,
  target: Target,
  recorder: Recorder | undefined,
  shared: Shared,
): Promise<Ending> {
  const { terminal, signal } = context;
  const { several } = request;
  const { kind } = target.setting;
  const missing = several ? await missingHere(request, target) : undefined;
  if (missing !== undefined) return { state: "missing", reason: missing };
  try {
    return await evaluateTarget(context, request, target, recorder, shared);
  } catch (error) {
    // Alone, a failure is the command's; among several the others go on.
    if (!several || signal.aborted) throw error;
    const reason = sentenceOf(error);
    terminal.say(`${kind.data.titleOf(target.dataset)} failed: ${reason}`);
    return { state: "failed", reason, isFinal: isFinal(error) };
  }
}

async function evaluateTarget(
  { terminal, signal }: Context,
  request: EvaluateRequest,
  target: Target,
  recorder: Recorder | undefined,
  shared: Shared,
): Promise<Ending> {
  const { cacheFolder } = request;
  const { data, manifest } = await openData({ terminal, signal }, request, target);
  const plan = planOf(request, target, data, manifest);
  const { identity, protocol } = plan;
  const known = { identity, manifest, protocol };
  const described = (device: string, startedAt: Date) =>
    describedOf(request, target, plan, data, { device, startedAt });
  const recorded = await recorder?.recorded(identity);
  if (recorded) {
    // The same weights under another method's name are not that method's.
    const refusal = await recorder?.refusalOf(described("cpu", new Date()));
    if (refusal !== undefined) throw new CommandError(refusal);
    return { state: "recorded", ...known, values: recorded };
  }
  let finished = readFinished(cacheFolder, identity);
  if (!finished) {
    const device = await shared.device();
    const runId = await recorder?.begin(described(device, new Date()));
    try {
      const startedAt = new Date().toISOString();
      const lent = surroundingsOf(request, target, plan, device, shared, { terminal, signal });
      const evaluation = await runEvaluation(plan, lent);
      finished = { evaluation, startedAt, finishedAt: new Date().toISOString(), device };
    } catch (error) {
      const reason = signal.aborted ? "interrupted" : sentenceOf(error);
      // Whether or not the database still takes the reason, the error itself is what the user must see.
      if (runId !== undefined)
        await recorder?.fail(runId, reason).catch((again) => terminal.say(sentenceOf(again)));
      throw error;
    }
    writeFinished(cacheFolder, identity, finished);
  }
  const { evaluation, startedAt, finishedAt, device } = finished;
  await recorder?.finish(described(device, new Date(startedAt)), evaluation, new Date(finishedAt));
  for (const warning of evaluation.warnings) terminal.say(`Note: ${warning}`);
  return { state: "done", evaluation, ...known };
}

/** Why a target cannot be evaluated on this machine, where its data is not here. */
async function missingHere(
  { data }: EvaluateRequest,
  { setting: { kind, options }, dataset }: Target,
): Promise<string | undefined> {
  if ((await kind.data.locate(dataset, data, options)) !== undefined) return undefined;
  const { layout, source } = kind.data.expected(dataset);
  return `not in ${data ?? "any folder"}: expected ${layout}; ${source}`;
}

async function openData(
  { terminal, signal }: Context,
  { data: folder, allowPartial, cacheFolder }: EvaluateRequest,
  { setting: { kind, options }, dataset }: Target,
): Promise<{ readonly data: EvaluationData; readonly manifest: string }> {
  const data: EvaluationData = await kind.data.open(dataset, { folder, allowPartial }, options);
  if (data.origin.missing.length > 0) {
    terminal.say(
      `Note: ${data.title} is not whole (${data.origin.missing.join("; ")}): its result is recorded under a protocol of its own.`,
    );
  }
  return { data, manifest: await manifestOf(data, { terminal, signal }, cacheFolder) };
}

/** The evaluation of a target, described in full. */
export function planOf(
  request: EvaluateRequest,
  { setting: { kind, name: setting, options }, readout }: Target,
  data: EvaluationData,
  manifest: string,
): Planned {
  const { checkpoint, preprocessing, seed, skipUnreadable, again } = request;
  return planEvaluation({
    kind,
    spec: {
      ...{ setting, options, data, preprocessing, seed, skipUnreadable },
      network: networkFacts(checkpoint, readout),
    },
    manifest,
    checkpoint: networkName(checkpoint),
    ...(again ? { again: again === true ? new Date().toISOString() : again } : {}),
  });
}

/** A run as it is recorded. */
export const describedOf = (
  { checkpoint, method, requestedById }: EvaluateRequest,
  { setting, dataset }: Target,
  planned: Planned,
  data: EvaluationData,
  when: Pick<RunDescription, "device" | "startedAt">,
): RunDescription => ({
  ...{ planned, checkpoint, method, requestedById, ...when },
  dataset: setting.kind.data.facts(data, dataset),
});

const surroundingsOf = (
  { cacheFolder, checkpoint, threads, readouts, parts, attempt }: EvaluateRequest,
  { readout }: Target,
  { identity }: Planned,
  device: Device,
  { extractor }: Shared,
  { terminal, signal }: Context,
): Surroundings => ({
  ...{ checkpoint, device, threads, cacheFolder, signal, progress: terminal, extractor, readout, readouts },
  ...(parts === undefined ? {} : { parts: parts(identity) }),
  ...(attempt === undefined ? {} : { attempt }),
});
