/** The process that evaluates what was asked for: see ../../sandbox for what it may. It has no database; it asks for one. */
import type { EvaluationOutcome } from "@transferboard/prisma";
import { settingsFromAfar, targetsOfAsked } from "../../evaluations/asked/suites.ts";
import { kindOf } from "../../evaluations/settings.ts";
import { remoteStore } from "../../jobs/index.ts";
import { assumeDevice } from "../../runtime/index.ts";
import { type Inside, serveSandboxed } from "../../sandbox/index.ts";
import { requestOf } from "../evaluate/checkpoint.ts";
import { deriveFrom } from "../evaluate/derive.ts";
import { type Recorder, recorderOn } from "../evaluate/recorder.ts";
import type { EvaluateOptions } from "../evaluate/request.ts";
import { type Outcome, runTargets } from "../evaluate/run.ts";
import { EXIT, exitCodeOf, sentenceOf } from "../exit-codes.ts";
import { terminalOver } from "../terminal.ts";
import type { Work, Worked } from "./messages.ts";
import { publicly } from "./publicly.ts";

/** What another attempt, or another machine, would answer alike. */
const isFinal = (exitCode: number) => exitCode === EXIT.badInput || exitCode === EXIT.usage;

serveSandboxed(evaluate);

async function evaluate(work: Work, inside: Inside): Promise<Worked> {
  const { asked, device } = work;
  const { signal } = inside;
  assumeDevice(device);
  // Said by the worker, on its own terminal.
  const terminal = terminalOver((line) => void inside.call("say", line).catch(() => undefined));
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
    const request = {
      ...(await requestOf(optionsOf(work))),
      ...(requestedById === undefined ? {} : { requestedById }),
    };
    const outcomes = await runTargets({ terminal, signal }, request, watched);
    for (const derived of deriveFrom(request, outcomes)) await recorder.derive(derived);
    return await outcomeOf(outcomes, recorder, begun, work);
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = publicly(sentenceOf(error), work);
    // What is thrown is told too, to whoever asks how far the request is.
    if (!isFinal(exitCodeOf(error).code)) return { again: reason };
    return { outcome: { state: "FAILED", reason, runs: [...begun], notes: [] } };
  }
}

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

async function outcomeOf(
  outcomes: readonly Outcome[],
  recorder: Recorder,
  begun: ReadonlySet<string>,
  work: Work,
): Promise<Worked> {
  const failed = outcomes.filter((outcome) => outcome.state === "failed");
  const mendable = failed.find(({ exitCode }) => !isFinal(exitCode));
  if (mendable) return { again: publicly(`${mendable.title}: ${mendable.reason}`, work) };
  const told = ({ title, reason }: { title: string; reason: string }) =>
    publicly(`${title}: ${reason}`, work);
  const notes = outcomes.filter((outcome) => outcome.state === "missing").map(told);
  const identities = outcomes.flatMap((outcome) => ("identity" in outcome ? [outcome.identity] : []));
  const runs = [...new Set([...begun, ...(await recorder.runIds(identities))])];
  const failure = (reason: string): EvaluationOutcome => ({ state: "FAILED", reason, runs, notes });
  if (failed.length > 0) return { outcome: failure(failed.map(told).join("; ")) };
  if (identities.length > 0) return { outcome: { state: "DONE", runs, notes } };
  return { outcome: failure("None of the suite's datasets is on the worker's machine.") };
}
