/** The caller's side of a runtime worker: turns messages into promises, and failures into RuntimeErrors. */
import { isMarkedAsUntransferable } from "node:worker_threads";
import type { AnyTensor } from "../tensor/index.ts";
import type { Answer, Protocol, Verb } from "./messages.ts";
import { mayStartProcesses, type ProcessLimits, WorkerProcess } from "./process.ts";
import { WorkerThread } from "./thread.ts";

/** A failure of the device, the model or the worker, in one sentence. */
export class RuntimeError extends Error {
  override readonly name = "RuntimeError";
}

const SCRIPT = new URL("./worker.ts", import.meta.url);
const errorOf = (sentence: string) => new RuntimeError(sentence);
const threadOptions = { name: "transferboard-runtime", called: "the runtime's worker thread", errorOf };

export class WorkerClient {
  readonly #worker: WorkerThread<Answer> | WorkerProcess<Answer>;

  constructor(worker: URL | WorkerProcess<Answer> = SCRIPT) {
    this.#worker = worker instanceof URL ? new WorkerThread(worker, threadOptions) : worker;
  }

  /** Within limits: a process of its own, or a thread where this process has walls itself and may start none. */
  static async apart(limits: ProcessLimits): Promise<WorkerClient> {
    if (!mayStartProcesses()) return new WorkerClient();
    const called = "the graph's own process";
    return new WorkerClient(await WorkerProcess.open<Answer>(SCRIPT, { called, limits, errorOf }));
  }

  /** Sends a request; the buffers in `give` are handed over and empty afterwards on this side. */
  async ask<V extends Verb>(
    verb: V,
    body: Protocol[V]["ask"],
    give: ArrayBuffer[] = [],
  ): Promise<Protocol[V]["answer"]> {
    const answer = await this.#worker.ask({ verb, ...body }, give);
    if (answer.ok) return answer.value as Protocol[V]["answer"];
    throw new RuntimeError(answer.message);
  }

  /** Ends the worker; what still waits is rejected. */
  end(): Promise<void> {
    return this.#worker.end("the session is closed");
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
