/**
 * The worker's loop: takes a job, keeps its heart beating while it is worked on, and says how it ended. A job that is
 * interrupted goes back to the queue; one whose lease is lost is dropped, for it is another worker's by then.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type EvaluationOutcome,
  type EvaluationRequest,
  type JobProgress,
  type JobWork,
  jobAsSent,
} from "@transferboard/prisma";
import { RefusedError } from "./http-client.ts";
import type { JobSource, Lease } from "./source.ts";

/** Between two looks into an empty queue. */
const POLL_MS = 1_000;
/** After something broke, so that a job that breaks every time does not keep the machine busy. */
const REST_MS = 3_000;

/** Between two signs of life of a job: a third of the time after which it is given to another, and a cancel's delay. */
const BEAT_MS = 3_000;

/** Somebody cancelled the request: why an evaluation's signal is aborted then. */
export class Cancelled extends Error {
  override readonly name = "AbortError";
}

/** What an evaluation gets of its job. */
export interface JobInHand {
  readonly lease: Lease;
  /** Aborted where the worker shall stop, or the job is no longer its own. */
  readonly signal: AbortSignal;
  /** How far it is; goes with the next sign of life. */
  readonly tell: (progress: JobProgress) => void;
}

export interface WorkOptions {
  readonly source: JobSource;
  /** Throws what another attempt may mend; whatever is final is an outcome. */
  readonly evaluate: (
    request: EvaluationRequest,
    job: JobInHand,
    /** Which job of a divided request; undefined for the request itself. */
    work?: JobWork,
  ) => Promise<EvaluationOutcome>;
  /** Aborted: give back what is at hand, and return. */
  readonly signal: AbortSignal;
  /** Return when nothing waits any more. */
  readonly once: boolean;
  /** One line for each step. */
  readonly say: (line: string) => void;
}

export async function work(options: WorkOptions): Promise<void> {
  const { source, signal, once, say } = options;
  while (!signal.aborted) {
    let lease: Lease | null;
    try {
      lease = await source.lease(signal);
    } catch (error) {
      if (signal.aborted) return;
      // A worker outlives its database: --once, which someone waits for, does not.
      if (once || error instanceof RefusedError) throw error;
      say(`The queue does not answer (${sentence(error)}): trying again.`);
      await rest(REST_MS, signal);
      continue;
    }
    if (lease) await handle(lease, options);
    else if (once) return say("No request waits.");
    else await rest(POLL_MS, signal);
  }
}

const sentence = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).trim().split("\n").at(-1) || "no reason given";

/** By its name: it may come from another process. */
const isLost = (error: unknown) => error instanceof Error && error.name === "LeaseLost";

const rest = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined);

async function handle(lease: Lease, { evaluate, signal, say }: WorkOptions): Promise<void> {
  const { id, attempt, data } = lease;
  const tell = (line: string) => say(`${id}: ${line}`);
  const parsed = jobAsSent.safeParse(data);
  if (!parsed.success) {
    const reason = `This worker cannot read the request: ${parsed.error.issues.map(({ message }) => message).join("; ")}.`;
    return end(lease, { state: "FAILED", reason, runs: [], notes: [] }, tell);
  }
  const { request, work } = parsed.data;
  const { checkpoint, method, target } = request;
  const on = "suite" in target ? target.suite : target.measure;
  const which = work ? `${inWords(work)}, ` : "";
  tell(`taken (attempt ${attempt}): ${which}${method}, checkpoint ${checkpoint.slice(0, 12)}, on ${on}`);

  const lost = new AbortController();
  let latest: JobProgress | undefined;
  const beating = setInterval(() => {
    lease.beat(latest).then(
      (state) => {
        if (state === "cancelled") lost.abort(new Cancelled("the request was cancelled"));
        else if (state === "lost") lost.abort();
      },
      (error: unknown) => tell(`no heartbeat, the queue does not answer (${sentence(error)})`),
    );
  }, BEAT_MS);
  try {
    const job: JobInHand = {
      lease,
      signal: AbortSignal.any([signal, lost.signal]),
      tell: (progress) => {
        latest = progress;
      },
    };
    const outcome = await evaluate(request, job, work);
    await end(lease, outcome, tell);
  } catch (error) {
    if (lost.signal.reason instanceof Cancelled) return tell("cancelled: stopped");
    if (lost.signal.aborted || isLost(error)) return tell("given to another worker meanwhile: dropped");
    const why = signal.aborted ? "the worker was stopped" : sentence(error);
    const given = await lease.giveBack(why).catch((again: unknown) => tell(sentence(again)));
    if (given) tell(`back in the queue: ${why}`);
    if (!signal.aborted) await rest(REST_MS, signal);
  } finally {
    clearInterval(beating);
  }
}

function inWords(work: JobWork): string {
  if (work.kind === "PART") return `part ${work.part + 1} of ${work.dataset}`;
  if (work.kind === "EXTRACTION") return `features of ${work.dataset}, share ${work.share + 1} of ${work.of}`;
  return work.dataset;
}

async function end(lease: Lease, outcome: EvaluationOutcome, tell: (line: string) => void): Promise<void> {
  const held = await lease.finish(outcome);
  const how = outcome.state === "DONE" ? `done, ${outcome.runs.length} runs` : `failed: ${outcome.reason}`;
  tell(held ? how : `${how}; another worker has the job by now and will find this recorded`);
}
