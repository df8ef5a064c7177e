/**
 * The one pool of threads for heavy statistics: intervals, ranks, matrices, forecasts, each within a time limit. Whoever asked and is gone is not computed for: a
 * question that waits leaves the queue, and one that runs has its thread ended.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { CallerError } from "../errors.ts";
import type { TaskName, Tasks } from "./tasks.ts";

/** Two at least: a forecast takes one for minutes. */
const LEAST_THREADS = 2;
const MOST_THREADS = 4;
const MOST_WAITING = 64;
/** The heaviest question that the limits let through takes a second or two: this is for a machine that is busy otherwise. */
const LIMIT_MS = {
  coefficient: 30_000,
  errors: 30_000,
  ranks: 30_000,
  pair: 30_000,
  pairs: 30_000,
  matrix: 30_000,
  fit: 60_000,
  table: 60_000,
  // Once a ledger position, for everybody: requests do not wait for it.
  forecast: 600_000,
  findings: 600_000,
} as const satisfies Record<TaskName, number>;
/** A thread that has not loaded its code by then never will. */
const START_MS = 60_000;
/** Of these one runs at a time, so that they do not take all threads for minutes. */
const ONE_AT_A_TIME: ReadonlySet<TaskName> = new Set(["forecast", "findings"]);

interface Job {
  readonly name: TaskName;
  readonly given: unknown;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (found: never) => void;
  readonly reject: (error: unknown) => void;
}

interface Slot {
  worker: Worker | null;
  /** Its code is loaded. */
  isReady: boolean;
  busy: boolean;
}

const busy = () =>
  new CallerError("UNAVAILABLE", "Too many heavy statistics are being computed. Try again in a few seconds.");
const stopped = () => new CallerError("UNAVAILABLE", "The server is stopping. Try again in a few seconds.");
const tooSlow = () =>
  new CallerError("BAD_INPUT", "This statistic takes too long: ask for fewer methods or measures at once.");

export class StatisticsPool {
  readonly #slots: Slot[];
  readonly #limitMs: number | undefined;
  readonly #running = new Set<TaskName>();
  #waiting: Job[] = [];
  #closed = false;

  /** @param limits `limitMs` in place of each statistic's own */
  constructor(limits: { threads?: number; limitMs?: number } = {}) {
    const { threads = Math.max(LEAST_THREADS, Math.min(MOST_THREADS, availableParallelism())), limitMs } =
      limits;
    this.#slots = Array.from({ length: threads }, () => ({ worker: null, isReady: false, busy: false }));
    this.#limitMs = limitMs;
  }

  /**
   * @throws CallerError UNAVAILABLE where too many wait, BAD_INPUT where it takes too long
   * @throws the signal's reason where the asker is gone
   */
  compute<Name extends TaskName>(
    name: Name,
    given: Tasks[Name]["given"],
    signal?: AbortSignal,
  ): Promise<Tasks[Name]["found"]> {
    return this.#add(name, given, signal, 1);
  }

  /** Several questions of one asker: all of them or none. */
  computeAll<Name extends TaskName>(
    name: Name,
    given: readonly Tasks[Name]["given"][],
    signal?: AbortSignal,
  ): Promise<Tasks[Name]["found"][]> {
    // One that is refused leaves the others nobody to compute for.
    const failed = new AbortController();
    const wanted = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
    const all = given.map((one, i) => this.#add(name, one, wanted, given.length - i));
    return Promise.all(all).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    });
  }

  /** How many threads there are. */
  get threads(): number {
    return this.#slots.length;
  }

  #add<Name extends TaskName>(
    name: Name,
    given: Tasks[Name]["given"],
    signal: AbortSignal | undefined,
    places: number,
  ): Promise<Tasks[Name]["found"]> {
    if (this.#closed) return Promise.reject(stopped());
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#waiting.length + places > MOST_WAITING) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      const job: Job = { name, given, signal, resolve, reject };
      this.#waiting.push(job);
      signal?.addEventListener("abort", () => this.#leave(job), { once: true });
      this.#next();
    });
  }

  /** How many wait: for tests. */
  get waiting(): number {
    return this.#waiting.length;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.reject(stopped());
    await Promise.all(this.#slots.map(({ worker }) => worker?.terminate()));
  }

  #leave(job: Job): void {
    if (!this.#waiting.includes(job)) return;
    this.#waiting = this.#waiting.filter((one) => one !== job);
    job.reject(job.signal?.reason);
  }

  #next(): void {
    const slot = this.#slots.find((one) => !one.busy);
    const job = this.#waiting.find(({ name }) => !(ONE_AT_A_TIME.has(name) && this.#running.has(name)));
    if (!slot || !job) return;
    this.#waiting = this.#waiting.filter((one) => one !== job);
    slot.busy = true;
    if (ONE_AT_A_TIME.has(job.name)) this.#running.add(job.name);
    void this.#run(slot, job).finally(() => {
      slot.busy = false;
      if (ONE_AT_A_TIME.has(job.name)) this.#running.delete(job.name);
      this.#next();
    });
  }

  async #run(slot: Slot, job: Job): Promise<void> {
    slot.worker ??= start();
    const { worker } = slot;
    const limitMs = this.#limitMs ?? LIMIT_MS[job.name];
    /** A thread that computes for nobody, or failed, is not trusted again. */
    const drop = () => {
      slot.worker = null;
      slot.isReady = false;
      void worker.terminate();
    };
    await new Promise<void>((done) => {
      const late = () => end(() => job.reject(tooSlow()), true);
      // A new thread's loading is none of the question's time.
      let timer = setTimeout(late, slot.isReady ? limitMs : START_MS);
      const aborted = () => end(() => job.reject(job.signal?.reason), true);
      const answered = (answer: { ready?: true; found?: never; failed?: string }) => {
        if (answer.ready) {
          slot.isReady = true;
          clearTimeout(timer);
          timer = setTimeout(late, limitMs);
          return;
        }
        end(() => ("failed" in answer ? job.reject(new Error(answer.failed)) : job.resolve(answer.found!)));
      };
      const failed = (error: unknown) => end(() => job.reject(error), true);
      const ended = (code: number) =>
        end(
          () =>
            job.reject(
              this.#closed ? stopped() : new Error(`A thread of the statistics ended with ${code}.`),
            ),
          true,
        );
      const end = (tell: () => void, isLost = false) => {
        clearTimeout(timer);
        worker.off("message", answered).off("error", failed).off("exit", ended);
        job.signal?.removeEventListener("abort", aborted);
        if (isLost) drop();
        tell();
        done();
      };
      worker.on("message", answered).once("error", failed).once("exit", ended);
      job.signal?.addEventListener("abort", aborted, { once: true });
      worker.postMessage({ name: job.name, given: job.given });
    });
  }
}

/** It keeps no process alive. */
function start(): Worker {
  const worker = new Worker(new URL("./worker.ts", import.meta.url));
  worker.unref();
  worker.on("error", () => undefined);
  return worker;
}
