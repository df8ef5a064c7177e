/**
 * An evaluation that was asked for through the queue: the same code as `evaluate`, on the files that are on this
 * machine, recorded in the name of whoever asked.
 */
import { resolve } from "node:path";
import type { EvaluationOutcome, EvaluationRequest } from "@transferboard/prisma";
import { settingsFromAfar, targetsOfAsked } from "../../evaluations/asked/suites.ts";
import { kindOf } from "../../evaluations/settings.ts";
import type { CheckpointFiles } from "../../jobs/index.ts";
import type { Context } from "../context.ts";
import { EXIT, exitCodeOf, sentenceOf } from "../exit-codes.ts";
import { requestOf } from "./checkpoint.ts";
import { deriveFrom } from "./derive.ts";
import type { Recorder } from "./recorder.ts";
import type { EvaluateOptions } from "./request.ts";
import { type Outcome, runTargets } from "./run.ts";

/** Where things are on this machine, and what it computes with. */
export interface Place {
  readonly checkpoints: string;
  readonly files: CheckpointFiles;
  readonly data: string | undefined;
  readonly device: string;
  readonly threads: string | undefined;
  readonly cache: string | undefined;
}

/** What another attempt, or another machine, would answer alike. */
const isFinal = (exitCode: number) => exitCode === EXIT.badInput || exitCode === EXIT.usage;

/** @throws what may go better another time: interruptions, a database or a device that failed */
export async function evaluateRequested(
  { terminal, signal }: Context,
  place: Place,
  recorder: Recorder,
  asked: EvaluationRequest,
): Promise<EvaluationOutcome> {
  const begun = new Set<string>();
  const watched: Recorder = {
    ...recorder,
    begin: async (run) => {
      const id = await recorder.begin(run);
      begun.add(id);
      return id;
    },
  };
  try {
    const onHash = (file: string) => terminal.say(`hashing ${file}`);
    const checkpoint = await place.files.find(asked.checkpoint, { signal, onHash });
    if (checkpoint === undefined) {
      const reason = `The file of weights with the SHA-256 ${asked.checkpoint} is not in the worker's folder of checkpoints: put it there, and ask again.`;
      return { state: "FAILED", reason, runs: [], notes: [] };
    }
    const request = {
      ...(await requestOf(optionsOf(asked, place, checkpoint))),
      requestedById: asked.requestedById,
    };
    const outcomes = await runTargets({ terminal, signal }, request, watched);
    for (const derived of deriveFrom(request, outcomes)) await recorder.derive(derived);
    return await outcomeOf(outcomes, recorder, begun, place);
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = publicly(sentenceOf(error), place);
    // What is thrown is told too, to whoever asks how far the request is.
    if (!isFinal(exitCodeOf(error).code)) throw new Error(reason, { cause: error });
    return { state: "FAILED", reason, runs: [...begun], notes: [] };
  }
}

function optionsOf(
  { method, target, mode, options, preprocessing, seed }: EvaluationRequest,
  { data, device, threads, cache }: Place,
  checkpoint: string,
): EvaluateOptions {
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
    ...(cache === undefined ? {} : { cache }),
    record: true,
  };
}

async function outcomeOf(
  outcomes: readonly Outcome[],
  recorder: Recorder,
  begun: ReadonlySet<string>,
  place: Place,
): Promise<EvaluationOutcome> {
  const failed = outcomes.filter((outcome) => outcome.state === "failed");
  const mendable = failed.find(({ exitCode }) => !isFinal(exitCode));
  if (mendable) throw new Error(`${mendable.title}: ${mendable.reason}`);
  const told = ({ title, reason }: { title: string; reason: string }) =>
    publicly(`${title}: ${reason}`, place);
  const notes = outcomes.filter((outcome) => outcome.state === "missing").map(told);
  const identities = outcomes.flatMap((outcome) => ("identity" in outcome ? [outcome.identity] : []));
  const runs = [...new Set([...begun, ...(await recorder.runIds(identities))])];
  if (failed.length > 0) return { state: "FAILED", reason: failed.map(told).join("; "), runs, notes };
  if (identities.length > 0) return { state: "DONE", runs, notes };
  return { state: "FAILED", reason: "None of the suite's datasets is on the worker's machine.", runs, notes };
}

/** A reason is shown to everyone: this machine's folders are nobody's business. */
function publicly(reason: string, { checkpoints, data }: Place): string {
  const hidden = [
    [checkpoints, "the worker's checkpoints"],
    ...(data === undefined ? [] : [[data, "the worker's data"]]),
  ] as const;
  return hidden.reduce(
    (text, [folder, name]) => text.replaceAll(resolve(folder!), name!).replaceAll(folder!, name!),
    reason,
  );
}
