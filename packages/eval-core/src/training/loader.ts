/**
 * Batches made beside the training: worker threads that each run a recipe, a module with a function `prepare` from a
 * request, plain data, to the tensors of a batch. Requests go to the thread with the least to do, and what comes back
 * depends on the request alone, so that the number of threads changes nothing.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { TrainingError } from "./errors.ts";
import type { Feeds } from "./task.ts";

/** What a recipe module exports. */
export interface Recipe<Request> {
  prepare(request: Request): Promise<Feeds>;
}

export interface LoadRequest {
  readonly id: number;
  readonly request: unknown;
}

export type LoadAnswer =
  | { readonly id: number; readonly feeds: Feeds }
  | { readonly id: number; readonly message: string };

/** What a loading thread starts with. */
export interface LoaderData {
  readonly recipe: string;
  /** How many threads share the memory for what they keep. */
  readonly threads: number;
}

/** More than these are never needed to keep up with training. */
const MOST_THREADS = 8;
const defaultThreads = () => Math.min(MOST_THREADS, Math.max(1, availableParallelism() >> 1));

interface Waiting {
  readonly resolve: (feeds: Feeds) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
  ended: string | undefined;
}

export class LoaderPool<Request> implements AsyncDisposable {
  readonly #recipe: URL;
  readonly #threads: Thread[];
  readonly #count: number;
  #lastId = 0;

  /**
   * @param recipe of a module that exports `prepare`, as `new URL("./recipe.ts", import.meta.url)`
   * @param threads half the machine's cores unless told: the other half trains
   */
  constructor(recipe: URL, { threads = defaultThreads() }: { readonly threads?: number } = {}) {
    this.#recipe = recipe;
    this.#count = threads;
    this.#threads = Array.from({ length: threads }, () => this.#start());
  }

  get threads(): number {
    return this.#count;
  }

  /** @throws TrainingError in the recipe's words, an image that cannot be read for one */
  load(request: Request): Promise<Feeds> {
    const thread = this.#threads.reduce((best, one) => (one.waiting.size < best.waiting.size ? one : best));
    if (thread.ended !== undefined) return Promise.reject(new TrainingError(thread.ended));
    const id = ++this.#lastId;
    return new Promise<Feeds>((resolve, reject) => {
      thread.waiting.set(id, { resolve, reject });
      const message: LoadRequest = { id, request };
      thread.worker.postMessage(message);
      thread.worker.ref();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #start(): Thread {
    const worker = new Worker(new URL("./loader-worker.ts", import.meta.url), {
      name: "transferboard-loader",
      execArgv: [],
      workerData: { recipe: this.#recipe.href, threads: this.#count } satisfies LoaderData,
    });
    const thread: Thread = { worker, waiting: new Map(), ended: undefined };
    worker.unref();
    worker.on("message", (answer: LoadAnswer) => {
      const waiting = thread.waiting.get(answer.id);
      thread.waiting.delete(answer.id);
      // The thread keeps the process alive only while an answer is due.
      if (thread.waiting.size === 0) worker.unref();
      if ("feeds" in answer) waiting?.resolve(answer.feeds);
      else waiting?.reject(new TrainingError(answer.message));
    });
    const end = (reason: string) => {
      thread.ended ??= reason;
      for (const { reject } of thread.waiting.values()) reject(new TrainingError(reason));
      thread.waiting.clear();
    };
    worker.on("error", (error) => end(`the loading thread failed: ${error.message}`));
    worker.on("exit", (code) => end(`the loading thread ended with code ${code}`));
    return thread;
  }
}
