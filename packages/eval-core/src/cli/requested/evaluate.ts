/**
 * An evaluation that was asked for through the queue: the same code as `evaluate`, on the files that are on this
 * machine, in a process with limits, recorded in the name of whoever asked.
 */
import { realpathSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type EvaluationOutcome,
  type EvaluationRequest,
  type JobWork,
  jobProgress,
  LeaseLost,
} from "@transferboard/prisma";
import { z } from "zod";
import { SIDECARS } from "../../backbones/index.ts";
import { artefactFolder } from "../../evaluations/artefacts.ts";
import { Cancelled, type CheckpointFiles, handlersOn, type JobInHand } from "../../jobs/index.ts";
import type { Device } from "../../runtime/index.ts";
import { runSandboxed, SandboxError } from "../../sandbox/index.ts";
import type { Context } from "../context.ts";
import { sentenceOf } from "../exit-codes.ts";
import { blocksOf } from "./found.ts";
import type { Work, Worked } from "./messages.ts";
import { publicly } from "./publicly.ts";
import { sendingStore } from "./send-artefacts.ts";
import { fetchFeatures, sendFeatures } from "./share-features.ts";
import { storeWithWork, workOf } from "./who.ts";

/** Where things are on this machine, what it computes with, and how much of it one evaluation may take. */
export interface Place {
  /** This worker's name. */
  readonly worker: string;
  readonly checkpoints: string;
  readonly files: CheckpointFiles;
  readonly data: string | undefined;
  readonly device: Device;
  readonly threads: string | undefined;
  readonly cache: string;
  readonly memoryBytes: number;
  readonly hours: number;
}

/** What the process says of a run that came to nothing: its id, and why. */
const failed = z.tuple([z.string(), z.string()]);

/** @throws what may go better another time: interruptions, a database or a device that failed */
export async function evaluateRequested(
  { terminal, signal }: Context,
  place: Place,
  { lease, tell }: Pick<JobInHand, "lease" | "tell">,
  asked: EvaluationRequest,
  job?: JobWork,
): Promise<EvaluationOutcome> {
  const startedAt = new Date();
  const onHash = (file: string) => terminal.say(`hashing ${file}`);
  const checkpoint = await place.files.find(asked.checkpoint, { signal, onHash });
  if (checkpoint === undefined) {
    const reason = `The file of weights with the SHA-256 ${asked.checkpoint} is not in the worker's folder of checkpoints: put it there, and ask again.`;
    return { state: "FAILED", reason, runs: [], notes: [] };
  }
  const { checkpoints, data, device, threads, cache, memoryBytes, hours, worker } = place;
  await mkdir(cache, { recursive: true });
  const found = await lease.found();
  const attempt = `${lease.id}-${lease.attempt}`;
  const work: Work = { asked, job, found, attempt, checkpoint, checkpoints, data, device, threads, cache };
  const store = storeWithWork(sendingStore(lease, artefactFolder(cache)), () =>
    workOf({ job, found, startedAt, device, worker, attempts: lease.attempt }),
  );
  await fetchFeatures({ lease, tell, signal }, cache, found);
  const { handlers, open, begun } = handlersOn(store, asked);
  const end = async (reason: string, cancelled = false) => {
    for (const id of open) {
      const ended = cancelled ? lease.store.cancel(id) : lease.store.fail(id, reason);
      // Of what is another's by now, nothing is told. Whatever else is in the way, why the evaluation ended matters more.
      await ended.catch((error: unknown) => {
        if (!(error instanceof LeaseLost)) terminal.say(sentenceOf(error));
      });
    }
  };
  try {
    const worked = await runSandboxed<Worked>(
      {
        script: new URL("./child.ts", import.meta.url),
        called: "the evaluation's process",
        // Drivers of graphics cards reserve far more memory than they use.
        limits: { memoryBytes, wallMs: hours * 3_600_000, limitData: device === "cpu" },
        read: [
          ...bothPaths(checkpoint).flatMap(withSidecars),
          ...(data === undefined ? [] : bothPaths(data)),
        ],
        write: bothPaths(cache),
        handlers: {
          ...handlers,
          // Of a run that ends because somebody cancelled the request, that is what is kept.
          fail: (value) => {
            const [id, reason] = failed.parse(value);
            return signal.reason instanceof Cancelled
              ? handlers.cancel(id)
              : handlers.fail([id, publicly(reason, work)]);
          },
          say: (line) => terminal.say(String(line).slice(0, 2_000)),
          progress: (value) => tell(jobProgress.parse(value)),
        },
        signal,
      },
      work,
    );
    if ("again" in worked) throw new Error(worked.again);
    await sendFeatures(lease.artefacts, cache, blocksOf(job, worked.outcome));
    return worked.outcome;
  } catch (error) {
    if (signal.aborted) {
      await end("interrupted", signal.reason instanceof Cancelled);
      throw error;
    }
    const sentence = publicly(sentenceOf(error), work);
    const reason = `${sentence[0]!.toUpperCase()}${sentence.slice(1)}.`;
    await end(reason);
    // Another attempt would end as this one did, after as long.
    if (error instanceof SandboxError) return { state: "FAILED", reason, runs: [...begun], notes: [] };
    throw error;
  }
}

/** A file of weights, and what may lie beside it and say what the file does not. */
const withSidecars = (path: string): string[] => [
  path,
  ...Object.values(SIDECARS).map((name) => join(dirname(path), name)),
];

/** As it is named, and as it is: either may be what is opened. */
const bothPaths = (path: string): string[] => [...new Set([path, realpathSync(path)])];
