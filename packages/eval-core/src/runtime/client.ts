/**
 * The caller's side of a runtime worker: turns messages into promises.
 *
 * The worker keeps the process alive only while an answer is due, and a worker that dies rejects every
 * promise that waits on it, so nothing hangs.
 */
import { isMarkedAsUntransferable, Worker } from "node:worker_threads";
import type { AnyTensor } from "../tensor/index.ts";
import type { Answer, Protocol, Verb } from "./messages.ts";

/** A failure of the device, the model or the worker, in one sentence. */
export class RuntimeError extends Error {
  override readonly name = "RuntimeError";
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export class WorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #ended: string | undefined;

  constructor(script = new URL("./worker.ts", import.meta.url)) {
    this.#worker = new Worker(script, { name: "transferboard-runtime", execArgv: [] });
    this.#worker.unref();
    this.#worker.on("message", (answer: Answer) => this.#settle(answer));
    this.#worker.on("error", (error) => this.#end(`the runtime's worker thread failed: ${error.message}`));
    this.#worker.on("exit", (code) => this.#end(`the runtime's worker thread ended with code ${code}`));
  }

  /** Sends a request; the buffers in `give` are handed over and empty afterwards on this side. */
  ask<V extends Verb>(
    verb: V,
    body: Protocol[V]["ask"],
    give: ArrayBuffer[] = [],
  ): Promise<Protocol[V]["answer"]> {
    if (this.#ended !== undefined) return Promise.reject(new RuntimeError(this.#ended));
    const id = ++this.#lastId;
    return new Promise<Protocol[V]["answer"]>((resolve, reject) => {
      this.#worker.postMessage({ id, verb, ...body }, give);
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
    });
  }

  /** Ends the thread; what still waits is rejected. */
  async end(): Promise<void> {
    this.#end("the session is closed");
    await this.#worker.terminate();
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (answer.ok) waiting?.resolve(answer.value as never);
    else waiting?.reject(new RuntimeError(answer.message));
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.values()) reject(new RuntimeError(this.#ended));
    this.#waiting.clear();
  }
}

/**
 * A tensor fit to be sent, and the buffer to give away with it. The array is copied once, so that the caller
 * keeps its own and a view sends no more than it shows; shared memory goes as it is and is copied over there.
 * With `give` an array that fills its buffer goes without a copy.
 */
export function packed(value: AnyTensor, give = false): { value: AnyTensor; buffer?: ArrayBuffer } {
  const { buffer } = value.data;
  if (buffer instanceof SharedArrayBuffer) return { value };
  if (give && buffer.byteLength === value.data.byteLength && !isMarkedAsUntransferable(buffer))
    return { value, buffer };
  // A Buffer's slice would be a view of the same memory.
  const data = Buffer.isBuffer(value.data) ? new Uint8Array(value.data) : value.data.slice();
  return { value: { ...value, data } as AnyTensor, buffer: data.buffer as ArrayBuffer };
}
