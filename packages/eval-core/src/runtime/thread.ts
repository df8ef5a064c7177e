/**
 * A worker thread that is asked and answers: requests are numbered, answers carry the number, and one is a promise here.
 *
 * The thread keeps the process alive only while an answer is due, and one that dies rejects every promise that waits on
 * it, so nothing hangs.
 */
import { Worker } from "node:worker_threads";

export interface ThreadOptions {
  /** For debuggers: "transferboard-loader". */
  readonly name: string;
  /** In sentences about its end: "the loading thread". */
  readonly called: string;
  readonly workerData?: unknown;
  /** What its end is thrown as. */
  readonly errorOf: (sentence: string) => Error;
}

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class WorkerThread<Answer extends { readonly id: number }> {
  readonly #worker: Worker;
  readonly #errorOf: (sentence: string) => Error;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #lastId = 0;
  #ended: string | undefined;

  constructor(script: URL, { name, called, workerData, errorOf }: ThreadOptions) {
    this.#errorOf = errorOf;
    this.#worker = new Worker(script, { name, execArgv: [], workerData });
    this.#worker.unref();
    this.#worker.on("message", (answer: Answer) => this.#settle(answer));
    this.#worker.on("error", (error) => this.#end(`${called} failed: ${error.message}`));
    this.#worker.on("exit", (code) => this.#end(`${called} ended with code ${code}`));
  }

  /** How many answers are due. */
  get due(): number {
    return this.#waiting.size;
  }

  /** Sends a request under a number of its own; the buffers in `give` are handed over and empty afterwards on this side. */
  ask(request: object, give: ArrayBuffer[] = []): Promise<Answer> {
    if (this.#ended !== undefined) return Promise.reject(this.#errorOf(this.#ended));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#worker.postMessage({ id, ...request }, give);
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
    });
  }

  /** Ends the thread; what still waits is rejected with this reason. */
  async end(reason: string): Promise<void> {
    this.#end(reason);
    await this.#worker.terminate();
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    waiting?.resolve(answer);
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.values()) reject(this.#errorOf(this.#ended));
    this.#waiting.clear();
  }
}

/** The one of several threads that owes the fewest answers. */
export function leastBusy<T extends { readonly due: number }>(threads: readonly T[]): T {
  return threads.reduce((best, one) => (one.due < best.due ? one : best));
}
