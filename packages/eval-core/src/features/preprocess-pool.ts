/**
 * Worker threads that turn image sources into normalised batches, so that decoding and resizing run beside
 * inference. Requests go to the thread with the least to do; the caller bounds how many it asks for at once.
 */
import { Worker } from "node:worker_threads";
import type { ImageSource } from "../datasets/index.ts";
import type { Normalisation, Preprocessing } from "../images/index.ts";

export interface PrepareRequest {
  readonly id: number;
  readonly sources: readonly ImageSource[];
  readonly preprocessing: Preprocessing;
  readonly normalisation: Normalisation;
}

export interface Prepared {
  readonly id: number;
  /** N x 3 x crop x crop; zeros before normalisation where an image could not be read. */
  readonly data: Float32Array;
  readonly failures: readonly { readonly index: number; readonly message: string }[];
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, { resolve: (done: Prepared) => void; reject: (error: Error) => void }>;
}

export class PreprocessPool {
  readonly #threads: Thread[];
  #lastId = 0;

  constructor(size: number) {
    this.#threads = Array.from({ length: size }, () => this.#start());
  }

  get size(): number {
    return this.#threads.length;
  }

  prepare(
    sources: readonly ImageSource[],
    preprocessing: Preprocessing,
    normalisation: Normalisation,
  ): Promise<Prepared> {
    const thread = this.#threads.reduce((best, one) => (one.waiting.size < best.waiting.size ? one : best));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const request: PrepareRequest = { id, sources, preprocessing, normalisation };
      thread.worker.postMessage(request);
      thread.waiting.set(id, { resolve, reject });
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #start(): Thread {
    const worker = new Worker(new URL("./preprocess-worker.ts", import.meta.url), {
      name: "transferboard-preprocess",
      execArgv: [],
    });
    const waiting: Thread["waiting"] = new Map();
    const fail = (message: string) => {
      for (const { reject } of waiting.values()) reject(new Error(message));
      waiting.clear();
    };
    worker.on("message", (done: Prepared) => {
      const entry = waiting.get(done.id);
      waiting.delete(done.id);
      entry?.resolve(done);
    });
    worker.on("error", (error) => fail(`a preprocessing thread failed: ${error.message}`));
    worker.on("exit", (code) => fail(`a preprocessing thread ended with code ${code}`));
    return { worker, waiting };
  }
}
