/** The process that evaluates what was asked for: see ../../sandbox for what it may. It has no database; it asks for one. */
import type { EvaluationOutcome, JobFound, JobWork } from "@transferboard/prisma";
import { settingsFromAfar, targetsOfAsked } from "../../evaluations/asked/suites.ts";
import { kindOf } from "../../evaluations/settings.ts";
import { remoteStore } from "../../jobs/index.ts";
import { assumeDevice } from "../../runtime/index.ts";
import { type Inside, serveSandboxed } from "../../sandbox/index.ts";
import type { Context } from "../context.ts";
import { requestOf } from "../evaluate/checkpoint.ts";
import { deriveFrom } from "../evaluate/derive.ts";
import { type Recorder, recorderOn } from "../evaluate/recorder.ts";
import type { EvaluateOptions, EvaluateRequest, Target } from "../evaluate/request.ts";
import { type Outcome, runPartOf, runShareOf, runTargets } from "../evaluate/run.ts";
import { CommandError, isFinal, sentenceOf } from "../exit-codes.ts";
import { terminalOver } from "../terminal.ts";
import { contributed, handedOn, outcomeFrom, partsFrom } from "./found.ts";
import type { Work, Worked } from "./messages.ts";
import { publicly } from "./publicly.ts";
import { telling } from "./telling.ts";

serveSandboxed(evaluate);

async function evaluate(work: Work, inside: Inside): Promise<Worked> {
  const { asked, device } = work;
  const { signal } = inside;
  assumeDevice(device);
  const terminal = telling(
    // Said by the worker, on its own terminal.
    terminalOver((line) => void inside.call("say", line).catch(() => undefined)),
    (progress) => void inside.call("progress", progress).catch(() => undefined),
  );
  const begun = new Set<string>();
  const recorder = recorderOn(remoteStore(inside.call));
  const watched: Recorder = {
    ...recorder,
    begin: async (run) => {
      const id = await recorder.begin(run);
      begun.add(id);
      return id;
    },
  };
  try {
    const { requestedById } = asked;
    const request: EvaluateRequest = {
      ...(await requestOf(optionsOf(work))),
      ...(requestedById === undefined ? {} : { requestedById }),
      attempt: work.attempt,
    };
    return await workOn({ terminal, signal }, request, { ...watched, begun }, work);
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = publicly(sentenceOf(error), work);
    // What is thrown is told too, to whoever asks how far the request is.
    if (!isFinal(error)) return { again: reason };
    return { outcome: { state: "FAILED", reason, runs: [...begun], notes: [] } };
  }
}

type Watched = Recorder & { readonly begun: ReadonlySet<string> };

/** The job, whichever it is: all of a request, one of its columns, a part of that or a share of its features, or what closes it. */
async function workOn(
  context: Context,
  request: EvaluateRequest,
  recorder: Watched,
  work: Work,
): Promise<Worked> {
  const { job, found } = work;
  if (job === undefined) {
    const outcomes =
      found.length > 0 ? outcomesFound(request, found) : await runTargets(context, request, recorder);
    for (const derived of deriveFrom(request, outcomes)) await recorder.derive(derived);
    return outcomeOf(outcomes, recorder, work);
  }
  const one = { ...request, targets: [targetOf(request, job)], several: true };
  const [target] = one.targets;
  const title = target!.setting.kind.data.titleOf(target!.dataset);
  const hide = (reason: string) => publicly(reason, work);
  switch (job.kind) {
    case "PART":
      return { outcome: contributed(title, await runPartOf(context, one, job.part, recorder), hide) };
    case "EXTRACTION":
      return { outcome: contributed(title, await runShareOf(context, one, job, recorder), hide) };
    case "DATASET": {
      const parts = (identity: string) => partsFrom(found, identity);
      const outcomes = await runTargets(context, { ...one, parts }, recorder);
      const ended = await outcomeOf(outcomes, recorder, work);
      if ("again" in ended) return ended;
      const result = handedOn(outcomes[0]!, hide);
      // Of a dataset that is not here the closing job goes on without it, and notes it.
      return { outcome: { ...ended.outcome, ...(result === undefined ? {} : { result }) } };
    }
    default:
      throw new Error(`a job of an unknown kind: ${JSON.stringify(job satisfies never)}`);
  }
}

/** @throws CommandError where the request has no such column */
function targetOf({ targets }: EvaluateRequest, { setting, dataset }: JobWork): Target {
  const target = targets.find((one) => one.setting.name === setting && one.dataset === dataset);
  if (!target) throw new CommandError(`the request has no ${setting} on ${dataset}`);
  return target;
}

/** What the datasets' jobs found, in the request's order. */
const outcomesFound = (request: EvaluateRequest, found: readonly JobFound[]): Outcome[] =>
  found.map((one) => {
    const target = targetOf(request, one.work);
    return outcomeFrom(target, target.setting.kind.data.titleOf(target.dataset), one);
  });

function optionsOf({ asked, data, device, threads, cache, checkpoint }: Work): EvaluateOptions {
  const { method, target, mode, options, preprocessing, seed } = asked;
  const settings = targetsOfAsked(target).map(({ setting }) => setting);
  // Every request says a mode; those of an evaluation that has none say the usual one.
  const modes = settings.some((name) => "mode" in kindOf(name).options);
  const given = { ...(modes || mode !== "converged" ? { mode } : {}), ...options };
  settingsFromAfar(targetsOfAsked(target), given);
  return {
    checkpoint,
    method,
    ...target,
    protocol: settings[0]!,
    given,
    preprocessing,
    seed: String(seed),
    ...(data === undefined ? {} : { data }),
    device,
    ...(threads === undefined ? {} : { threads }),
    cache,
    record: true,
  };
}

async function outcomeOf(outcomes: readonly Outcome[], recorder: Watched, work: Work): Promise<Worked> {
  const failed = outcomes.filter((outcome) => outcome.state === "failed");
  const mendable = failed.find((outcome) => !outcome.isFinal);
  if (mendable) return { again: publicly(`${mendable.title}: ${mendable.reason}`, work) };
  const told = ({ title, reason }: { title: string; reason: string }) =>
    publicly(`${title}: ${reason}`, work);
  const notes = outcomes.filter((outcome) => outcome.state === "missing").map(told);
  const identities = outcomes.flatMap((outcome) => ("identity" in outcome ? [outcome.identity] : []));
  const runs = [...new Set([...recorder.begun, ...(await recorder.runIds(identities))])];
  const failure = (reason: string): EvaluationOutcome => ({ state: "FAILED", reason, runs, notes });
  if (failed.length > 0) return { outcome: failure(failed.map(told).join("; ")) };
  if (identities.length > 0) return { outcome: { state: "DONE", runs, notes } };
  const [only] = notes;
  // Whoever asks why hears what is missing.
  if (outcomes.length === 1 && only !== undefined) {
    return { outcome: { state: "FAILED", reason: only, runs, notes: [] } };
  }
  return { outcome: failure("None of the suite's datasets is on the worker's machine.") };
}
