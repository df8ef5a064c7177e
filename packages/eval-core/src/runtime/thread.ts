/**
 * A worker thread that is asked and answers: requests are numbered, answers carry the number, and one is a promise here.
 *
 * The thread keeps the process alive only while an answer is due, and one that dies rejects every promise that waits on
 * it, so nothing hangs.
 */
import { Worker } from "node:worker_threads";
import { WaitingRequests } from "./waiting.ts";

export interface ThreadOptions {
  /** For debuggers: "transferboard-loader". */
  readonly name: string;
  /** In sentences about its end: "the loading thread". */
  readonly called: string;
  readonly workerData?: unknown;
  /** What its end is thrown as. */
  readonly errorOf: (sentence: string) => Error;
}

export class WorkerThread<Answer extends { readonly id: number }> {
  readonly #worker: Worker;
  readonly #requests: WaitingRequests<Answer>;

  constructor(script: URL, { name, called, workerData, errorOf }: ThreadOptions) {
    this.#requests = new WaitingRequests(errorOf);
    this.#worker = new Worker(script, { name, execArgv: [], workerData });
    this.#worker.unref();
    this.#worker.on("message", (answer: Answer) => {
      this.#requests.settle(answer);
      if (this.due === 0) this.#worker.unref();
    });
    this.#worker.on("error", (error) => this.#requests.end(`${called} failed: ${error.message}`));
    this.#worker.on("exit", (code) => this.#requests.end(`${called} ended with code ${code}`));
  }

  /** How many answers are due. */
  get due(): number {
    return this.#requests.due;
  }

  /** Sends a request under a number of its own; the buffers in `give` are handed over and empty afterwards on this side. */
  ask(request: object, give: ArrayBuffer[] = []): Promise<Answer> {
    return this.#requests.ask((id) => {
      this.#worker.postMessage({ id, ...request }, give);
      this.#worker.ref();
    });
  }

  /** Ends the thread; what still waits is rejected with this reason. */
  async end(reason: string): Promise<void> {
    this.#requests.end(reason);
    await this.#worker.terminate();
  }
}

/** The one of several threads that owes the fewest answers. */
export function leastBusy<T extends { readonly due: number }>(threads: readonly T[]): T {
  return threads.reduce((best, one) => (one.due < best.due ? one : best));
}
