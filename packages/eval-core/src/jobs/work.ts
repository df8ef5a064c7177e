/**
 * The worker's loop: takes a job, keeps its heart beating while it is worked on, and says how it ended. A job that is
 * interrupted goes back to the queue; one whose claim is lost is dropped, for it is another worker's by then.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Claim,
  type EvaluationOutcome,
  type EvaluationQueue,
  type EvaluationRequest,
  evaluationRequest,
} from "@transferboard/prisma";

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

export interface WorkOptions {
  readonly queue: EvaluationQueue;
  /** Throws what another attempt may mend; whatever is final is an outcome. */
  readonly evaluate: (request: EvaluationRequest, signal: AbortSignal) => Promise<EvaluationOutcome>;
  /** Aborted: give back what is at hand, and return. */
  readonly signal: AbortSignal;
  /** Return when nothing waits any more. */
  readonly once: boolean;
  /** One line for each step. */
  readonly say: (line: string) => void;
}

export async function work(options: WorkOptions): Promise<void> {
  const { queue, signal, once, say } = options;
  while (!signal.aborted) {
    let claim: Claim | null;
    try {
      claim = await queue.take();
    } catch (error) {
      // A worker outlives its database: --once, which someone waits for, does not.
      if (once) throw error;
      say(`The queue does not answer (${sentence(error)}): trying again.`);
      await rest(REST_MS, signal);
      continue;
    }
    if (claim) await handle(claim, options);
    else if (once) return say("No request waits.");
    else await rest(POLL_MS, signal);
  }
}

const sentence = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).trim().split("\n").at(-1) || "no reason given";

const rest = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined);

async function handle(claim: Claim, { evaluate, signal, say }: WorkOptions): Promise<void> {
  const { id, attempt, data } = claim;
  const tell = (line: string) => say(`${id}: ${line}`);
  const parsed = evaluationRequest.safeParse(data);
  if (!parsed.success) {
    const reason = `This worker cannot read the request: ${parsed.error.issues.map(({ message }) => message).join("; ")}.`;
    return end(claim, { state: "FAILED", reason, runs: [], notes: [] }, tell);
  }
  const { checkpoint, method, target } = parsed.data;
  const on = "suite" in target ? target.suite : target.measure;
  tell(`taken (attempt ${attempt}): ${method}, checkpoint ${checkpoint.slice(0, 12)}, on ${on}`);

  const lost = new AbortController();
  const beating = setInterval(() => {
    claim.beat().then(
      (state) => {
        if (state === "cancelled") lost.abort(new Cancelled("the request was cancelled"));
        else if (state === "lost") lost.abort();
      },
      (error: unknown) => tell(`no heartbeat, the queue does not answer (${sentence(error)})`),
    );
  }, BEAT_MS);
  try {
    const outcome = await evaluate(parsed.data, AbortSignal.any([signal, lost.signal]));
    await end(claim, outcome, tell);
  } catch (error) {
    if (lost.signal.reason instanceof Cancelled) return tell("cancelled: stopped");
    if (lost.signal.aborted) return tell("given to another worker meanwhile: dropped");
    const why = signal.aborted ? "the worker was stopped" : sentence(error);
    const given = await claim.giveBack(why).catch((again: unknown) => tell(sentence(again)));
    if (given) tell(`back in the queue: ${why}`);
    if (!signal.aborted) await rest(REST_MS, signal);
  } finally {
    clearInterval(beating);
  }
}

async function end(claim: Claim, outcome: EvaluationOutcome, tell: (line: string) => void): Promise<void> {
  const held = await claim.end(outcome);
  const how = outcome.state === "DONE" ? `done, ${outcome.runs.length} runs` : `failed: ${outcome.reason}`;
  tell(held ? how : `${how}; another worker has the job by now and will find this recorded`);
}
