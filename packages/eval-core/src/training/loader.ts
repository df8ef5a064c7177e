/**
 * Batches made beside the training: worker threads that each run a recipe, a module with a function `prepare` from a
 * request, plain data, to the tensors of a batch. Requests go to the thread with the least to do, and what comes back
 * depends on the request alone, so that the number of threads changes nothing.
 */
import { availableParallelism } from "node:os";
import { leastBusy, WorkerThread } from "../runtime/index.ts";
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

export class LoaderPool<Request> implements AsyncDisposable {
  readonly #threads: WorkerThread<LoadAnswer>[];

  /**
   * @param recipe of a module that exports `prepare`, as `new URL("./recipe.ts", import.meta.url)`
   * @param threads half the machine's cores unless told: the other half trains
   */
  constructor(recipe: URL, { threads = defaultThreads() }: { readonly threads?: number } = {}) {
    const workerData: LoaderData = { recipe: recipe.href, threads };
    this.#threads = Array.from({ length: threads }, () => {
      return new WorkerThread<LoadAnswer>(new URL("./loader-worker.ts", import.meta.url), {
        name: "transferboard-loader",
        called: "the loading thread",
        workerData,
        errorOf: (sentence) => new TrainingError(sentence),
      });
    });
  }

  get threads(): number {
    return this.#threads.length;
  }

  /** @throws TrainingError in the recipe's words, an image that cannot be read for one */
  async load(request: Request): Promise<Feeds> {
    const answer = await leastBusy(this.#threads).ask({ request });
    if ("feeds" in answer) return answer.feeds;
    throw new TrainingError(answer.message);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end("the pool of loading threads is closed")));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
