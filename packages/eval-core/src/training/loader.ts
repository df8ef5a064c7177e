/** Batches of pixels, made beside the training by a worker thread. */
import { Worker } from "node:worker_threads";
import type { ImageSource, Item } from "../datasets/index.ts";
import type { Normalisation, Preprocessing, RandomCrop } from "../images/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
import { TrainingError } from "./errors.ts";

export interface LoadRequest {
  readonly id: number;
  readonly sources: readonly ImageSource[];
  /** How to crop at random, one seed an image; else the evaluation's crop. */
  readonly random?: { readonly crop: RandomCrop; readonly seeds: readonly number[] };
  readonly preprocessing: Preprocessing;
  readonly normalisation: Normalisation;
}

export type LoadAnswer =
  | { readonly id: number; readonly data: Float32Array }
  | { readonly id: number; readonly message: string };

interface Waiting {
  readonly resolve: (data: Float32Array) => void;
  readonly reject: (error: Error) => void;
}

export class Loader {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #how: Pick<LoadRequest, "preprocessing" | "normalisation">;
  #lastId = 0;

  constructor(preprocessing: Preprocessing, normalisation: Normalisation) {
    this.#how = { preprocessing, normalisation };
    this.#worker = new Worker(new URL("./loader-worker.ts", import.meta.url), {
      name: "transferboard-loader",
      execArgv: [],
    });
    this.#worker.unref();
    this.#worker.on("message", (answer: LoadAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ("data" in answer) waiting?.resolve(answer.data);
      else waiting?.reject(new TrainingError(answer.message));
    });
    this.#worker.on("error", (error) => this.#end(`the loading thread failed: ${error.message}`));
    this.#worker.on("exit", (code) => this.#end(`the loading thread ended with code ${code}`));
  }

  /** [items, 3, crop, crop], normalised. @throws TrainingError naming an image that cannot be read */
  async load(items: readonly Item[], random?: LoadRequest["random"]): Promise<Tensor<"float32">> {
    const id = ++this.#lastId;
    const data = await new Promise<Float32Array>((resolve, reject) => {
      const request: LoadRequest = {
        id,
        sources: items.map((item) => item.source),
        ...this.#how,
        ...(random ? { random } : {}),
      };
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(request);
    });
    const { crop } = this.#how.preprocessing;
    return tensor("float32", [items.length, 3, crop, crop], data);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #end(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new TrainingError(reason));
    this.#waiting.clear();
  }
}
