/**
 * A child process that is asked and answers as `thread.ts`'s worker does, with a limit on its memory and on its time:
 * for work whose size somebody else decides, such as a graph from a file. What breaks its limits, or crashes, ends that
 * process and nothing else.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { WaitingRequests } from "./waiting.ts";

export interface ProcessLimits {
  /** Held by the system on Linux (RLIMIT_DATA: what the process allocates); elsewhere there is none. */
  readonly memoryBytes?: number;
  /** Of one answer. */
  readonly timeoutMs?: number;
}

export interface ProcessOptions {
  /** In sentences about its end: "the graph's process". */
  readonly called: string;
  readonly limits: ProcessLimits;
  /** What its end is thrown as. */
  readonly errorOf: (sentence: string) => Error;
}

const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;

export class WorkerProcess<Answer extends { readonly id: number }> {
  readonly #child: ChildProcess;
  readonly #limits: ProcessLimits;
  readonly #called: string;
  readonly #requests: WaitingRequests<Answer>;
  readonly #exited: Promise<void>;
  readonly #timers = new Map<number, NodeJS.Timeout>();

  /** @param script answers `process`'s messages; it must end when the channel to its parent closes */
  constructor(script: URL, { called, limits, errorOf }: ProcessOptions) {
    this.#called = called;
    this.#limits = limits;
    this.#requests = new WaitingRequests(errorOf);
    const [command, ...args] = commandOf(fileURLToPath(script), limits);
    // Its standard error is a crash's last words, in the libraries' language: ours are said here.
    this.#child = spawn(command!, args, {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      serialization: "advanced",
    });
    this.#child.on("message", (answer: Answer) => this.#settle(answer));
    this.#child.on("error", (error) => this.#end(`${called} does not start: ${error.message}`));
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => {
        this.#end(this.#lastWords(code, signal));
        resolve();
      });
      this.#child.once("error", () => resolve());
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
      if (timeoutMs !== undefined)
        this.#timers.set(
          id,
          setTimeout(() => this.#late(timeoutMs), timeoutMs),
        );
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

  #late(timeoutMs: number): void {
    this.#end(`${this.#called} was stopped: no answer within ${timeoutMs / 1000} s`);
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

  #lastWords(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `with code ${code}` : `by ${signal}`;
    const { memoryBytes } = this.#limits;
    const most = memoryBytes === undefined ? "" : `; it may use ${gigabytes(memoryBytes)} of memory`;
    return `${this.#called} ended ${how}${most}`;
  }
}

/** Only the system can hold a process to its memory before it has taken it: a shell sets that limit, then becomes it. */
function commandOf(script: string, { memoryBytes }: ProcessLimits): string[] {
  const node = [process.execPath, script];
  if (memoryBytes === undefined || process.platform !== "linux") return node;
  const kilobytes = Math.floor(memoryBytes / 1024);
  return ["/bin/sh", "-c", `ulimit -d ${kilobytes} && exec "$0" "$@"`, ...node];
}
