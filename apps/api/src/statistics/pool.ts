/**
 * Heavy statistics in threads of their own, each within a time limit. Whoever asked and is gone is not computed for: a
 * question that waits leaves the queue, and one that runs has its thread ended.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { CallerError } from "../errors.ts";
import type { TaskName, Tasks } from "./tasks.ts";

const MOST_THREADS = 2;
const MOST_WAITING = 64;
/** The heaviest question that the limits let through takes a second or two: this is for a machine that is busy otherwise. */
const LIMIT_MS = 30_000;

interface Job {
  readonly name: TaskName;
  readonly given: unknown;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (found: never) => void;
  readonly reject: (error: unknown) => void;
}

interface Slot {
  worker: Worker | null;
  busy: boolean;
}

const busy = () =>
  new CallerError("UNAVAILABLE", "Too many heavy statistics are being computed. Try again in a few seconds.");
const stopped = () => new CallerError("UNAVAILABLE", "The server is stopping. Try again in a few seconds.");
const tooSlow = () =>
  new CallerError("BAD_INPUT", "This statistic takes too long: ask for fewer methods or measures at once.");

export class StatisticsPool {
  readonly #slots: Slot[];
  readonly #limitMs: number;
  #waiting: Job[] = [];
  #closed = false;

  constructor({ threads = Math.min(MOST_THREADS, availableParallelism()), limitMs = LIMIT_MS } = {}) {
    this.#slots = Array.from({ length: threads }, () => ({ worker: null, busy: false }));
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
    if (this.#closed) return Promise.reject(stopped());
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#waiting.length >= MOST_WAITING) return Promise.reject(busy());
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
    const job = slot && this.#waiting.shift();
    if (!slot || !job) return;
    slot.busy = true;
    void this.#run(slot, job).finally(() => {
      slot.busy = false;
      this.#next();
    });
  }

  async #run(slot: Slot, job: Job): Promise<void> {
    slot.worker ??= start();
    const { worker } = slot;
    /** A thread that computes for nobody, or failed, is not trusted again. */
    const drop = () => {
      slot.worker = null;
      void worker.terminate();
    };
    await new Promise<void>((done) => {
      const timer = setTimeout(() => end(() => job.reject(tooSlow()), true), this.#limitMs);
      const aborted = () => end(() => job.reject(job.signal?.reason), true);
      const answered = (answer: { found?: never; failed?: string }) =>
        end(() => ("failed" in answer ? job.reject(new Error(answer.failed)) : job.resolve(answer.found!)));
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
      worker.once("message", answered).once("error", failed).once("exit", ended);
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
