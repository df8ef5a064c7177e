/** Child processes of the start and test scripts: run to completion, or kept running and stopped in order. */
import { type ChildProcess, spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What every child gets: no telemetry, no downloads, no notices. */
export const quietEnvironment = {
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
  ONNXRUNTIME_NODE_INSTALL: "skip",
} as const;

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

interface RunOptions {
  readonly env?: Record<string, string>;
  /** Its output is seen as it comes. */
  readonly show?: boolean;
  readonly signal?: AbortSignal;
  /** `transferboard` ends with us, kill -9 included, by a channel to us; its next line to a broken pipe may be minutes away. */
  readonly tied?: boolean;
}

/** Runs a command to its end; its output is kept, and shown as it comes when `show` is set. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const shown: "inherit" | "pipe" = options.show ? "inherit" : "pipe";
    const child = spawn(command, args, {
      cwd: root,
      env: {
        ...process.env,
        ...quietEnvironment,
        ...options.env,
        ...(options.tied && { TRANSFERBOARD_RELAYED: "1" }),
      },
      stdio: [options.show ? "inherit" : "ignore", shown, shown, ...(options.tied ? (["ipc"] as const) : [])],
      ...(options.signal && { signal: options.signal, killSignal: "SIGINT" as const }),
    });
    let output = "";
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * A server kept running: in a process group of its own, so that a terminal's Ctrl-C reaches only us and the stop is
 * in order; with a channel to us, whose end tells it that we were killed.
 */
export class Server {
  readonly name: string;
  readonly #child: ChildProcess;
  /** It said that it listens: who answers at its address is not enough, for another may hold the port. */
  #listens: boolean;
  /** How it ended, in words. */
  readonly exited: Promise<string>;

  constructor(name: string, script: string, options: { env: Record<string, string>; watch?: boolean }) {
    this.name = name;
    const watch = options.watch ? ["--watch", "--watch-preserve-output"] : [];
    this.#child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...watch, script], {
      cwd: root,
      env: { ...process.env, ...quietEnvironment, ...options.env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: true,
    });
    const show = (chunk: Buffer) => {
      for (const line of chunk.toString().split("\n")) if (line.trim()) console.log(`  [${name}] ${line}`);
    };
    this.#child.stdout?.on("data", show);
    this.#child.stderr?.on("data", show);
    // Node's watcher stands between a watched server and us.
    this.#listens = options.watch === true;
    this.#child.on("message", (message) => {
      if (typeof message === "object" && "port" in message) this.#listens = true;
    });
    this.exited = new Promise((resolve) => {
      this.#child.on("exit", (code, signal) => resolve(signal ? `killed by ${signal}` : `code ${code}`));
      this.#child.on("error", (error) => resolve(error.message));
    });
  }

  /** Asks, waits, then insists. */
  async stop(patienceMs = 10_000): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), patienceMs);
    await this.exited;
    clearTimeout(timer);
  }

  /** Waits until it says that it listens, and `url` answers 200; rejects when the server ends first or the patience does. */
  async ready(url: string, patienceMs = 120_000): Promise<void> {
    const giveUpAt = Date.now() + patienceMs;
    let ended = false;
    void this.exited.then(() => {
      ended = true;
    });
    while (Date.now() < giveUpAt) {
      if (ended) throw new Error(`the ${this.name} ended while starting; its last lines above say why.`);
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok && this.#listens) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the ${this.name} did not answer at ${url} within ${patienceMs / 1000} seconds.`);
  }
}
