/**
 * A child process that is asked and answers as `thread.ts`'s worker does, behind the sandbox's walls: for work whose size
 * somebody else decides, such as a graph from a file. What breaks its limits, or crashes, ends that process and nothing
 * else.
 */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { watchMemory } from "../sandbox/memory.ts";
import { spawnBehindWalls } from "../sandbox/spawn.ts";
import { WaitingRequests } from "./waiting.ts";

export interface ProcessLimits {
  /** Of memory; none where a graphics card's driver reserves what it likes. */
  readonly memoryBytes?: number;
  /** Of one answer. */
  readonly timeoutMs?: number;
}

export interface ProcessOptions {
  /** In sentences about its end: "the graph's own process". */
  readonly called: string;
  readonly limits: ProcessLimits;
  /** What its end is thrown as. */
  readonly errorOf: (sentence: string) => Error;
}

/** Whether this process may start others: one that is itself within the walls may not, and has limits of its own. */
export const mayStartProcesses = (): boolean => process.permission?.has("child") ?? true;

const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;

export class WorkerProcess<Answer extends { readonly id: number }> {
  readonly #child: ChildProcess;
  readonly #limits: ProcessLimits;
  readonly #called: string;
  readonly #requests: WaitingRequests<Answer>;
  readonly #exited: Promise<void>;
  readonly #timers = new Map<number, NodeJS.Timeout>();

  /** @param script answers `process`'s messages, and ends when the channel to its parent closes */
  static async open<Answer extends { readonly id: number }>(
    script: URL,
    options: ProcessOptions,
  ): Promise<WorkerProcess<Answer>> {
    return new WorkerProcess<Answer>(await startWithin(script, options.limits), options);
  }

  private constructor(child: ChildProcess, { called, limits, errorOf }: ProcessOptions) {
    this.#child = child;
    this.#called = called;
    this.#limits = limits;
    this.#requests = new WaitingRequests(errorOf);
    const { memoryBytes } = limits;
    const most = memoryBytes === undefined ? "" : ` of memory: it may use ${gigabytes(memoryBytes)}`;
    const unwatch =
      memoryBytes === undefined
        ? () => {}
        : watchMemory(child.pid ?? -1, memoryBytes, () => this.#stop(`took too much${most}`));
    child.on("message", (answer: Answer) => this.#settle(answer));
    child.on("error", (error) => this.#end(`${called} does not start: ${error.message}`));
    this.#exited = new Promise((resolve) => {
      child.once("error", () => resolve());
      child.once("exit", (code, signal) => {
        unwatch();
        const how = signal === null ? `with code ${code}` : `by ${signal}`;
        this.#end(`${called} ended ${how}${memoryBytes === undefined ? "" : `, perhaps for want${most}`}`);
        resolve();
      });
    });
    this.#release();
  }

  /** How many answers are due. */
  get due(): number {
    return this.#requests.due;
  }

  /** Sends a request under a number of its own. Everything is copied: nothing is handed over between processes. */
  ask(request: object): Promise<Answer> {
    return this.#requests.ask((id) => {
      const { timeoutMs } = this.#limits;
      const late = (ms: number) => this.#stop(`was stopped: no answer within ${ms / 1000} s`);
      if (timeoutMs !== undefined) this.#timers.set(id, setTimeout(late, timeoutMs, timeoutMs));
      this.#child.ref();
      this.#child.channel?.ref();
      this.#child.send({ id, ...request }, (error) => {
        // It is dying or dead: its exit says of what.
        if (error) this.#child.kill("SIGKILL");
      });
    });
  }

  /** Ends the process; what still waits is rejected with this reason. */
  async end(reason: string): Promise<void> {
    this.#end(reason);
    this.#child.ref();
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  #settle(answer: Answer): void {
    clearTimeout(this.#timers.get(answer.id));
    this.#timers.delete(answer.id);
    this.#requests.settle(answer);
    if (this.due === 0) this.#release();
  }

  #stop(why: string): void {
    this.#end(`${this.#called} ${why}`);
    this.#child.kill("SIGKILL");
  }

  /** It keeps the parent alive only while an answer is due. */
  #release(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }

  #end(reason: string): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#requests.end(reason);
  }
}

async function startWithin(script: URL, { memoryBytes }: ProcessLimits): Promise<ChildProcess> {
  // What a crashed library writes is in its own language: its end is said in ours.
  const options: SpawnOptions = { stdio: ["ignore", "ignore", "ignore", "ipc"], serialization: "advanced" };
  // A driver of a graphics card is found by the environment, and reserves far more memory than it uses.
  if (memoryBytes === undefined) return spawn(process.execPath, [fileURLToPath(script)], options);
  return spawnBehindWalls({ script, granted: { read: [], write: [] }, memoryBytes }, options);
}
