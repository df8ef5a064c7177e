/**
 * Worker threads that turn image sources into normalised batches, so that decoding and resizing run beside
 * inference. Requests go to the thread with the least to do; the caller bounds how many it asks for at once.
 */
import type { ImageSource } from "../datasets/index.ts";
import type { Normalisation, Preprocessing } from "../images/index.ts";
import { leastBusy, WorkerThread } from "../runtime/index.ts";

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

export class PreprocessPool {
  readonly #threads: WorkerThread<Prepared>[];

  constructor(size: number) {
    this.#threads = Array.from({ length: size }, () => {
      return new WorkerThread<Prepared>(new URL("./preprocess-worker.ts", import.meta.url), {
        name: "transferboard-preprocess",
        called: "a preprocessing thread",
        errorOf: (sentence) => new Error(sentence),
      });
    });
  }

  get size(): number {
    return this.#threads.length;
  }

  prepare(
    sources: readonly ImageSource[],
    preprocessing: Preprocessing,
    normalisation: Normalisation,
  ): Promise<Prepared> {
    const request: Omit<PrepareRequest, "id"> = { sources, preprocessing, normalisation };
    return leastBusy(this.#threads).ask(request);
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#threads.map((thread) => thread.end("the pool of preprocessing threads is closed")),
    );
  }
}
