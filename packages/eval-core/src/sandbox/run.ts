/**
 * Runs one piece of work on files that nobody here wrote, in a process of its own behind the walls of `walls.ts`: with
 * a limit of memory and of time, without our environment, and without a network.
 */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchMemory } from "./memory.ts";
import { receivedError, sentError, type ToChild, type ToParent } from "./messages.ts";
import { spawnBehindWalls } from "./spawn.ts";
import type { Granted } from "./walls.ts";

/** How long a child that was asked to stop may take to. */
const GRACE_MS = 10_000;
/** Of what a child wrote to standard error, this much is kept to say how it died. */
const KEPT_LETTERS = 4_000;

export interface SandboxLimits {
  /** Resident memory at most. */
  readonly memoryBytes: number;
  /** From its start to its end. */
  readonly wallMs: number;
  /** False leaves out RLIMIT_DATA: drivers of graphics cards reserve far more than they use. */
  readonly limitData?: boolean;
}

export interface SandboxOptions extends Granted {
  /** The module that calls `serveSandboxed`. */
  readonly script: URL;
  /** In sentences about its end: "the evaluation". */
  readonly called: string;
  readonly limits: SandboxLimits;
  readonly environment?: Readonly<Record<string, string>>;
  /** What the child may ask of us, by verb. What these get is a stranger's: parse it. */
  readonly handlers?: Readonly<Record<string, (value: unknown) => unknown>>;
  /** Asks the child to stop; it is ended ten seconds later if it does not. */
  readonly signal?: AbortSignal;
  /** `advanced` carries typed arrays; `json`, the usual one, is safer to parse. */
  readonly serialization?: "json" | "advanced";
}

/** A child that did not come to its end: killed at a limit, or dead by itself. The message is a sentence without a stop. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
  readonly end: "memory" | "time" | "died";

  constructor(message: string, end: SandboxError["end"]) {
    super(message);
    this.end = end;
  }
}

/**
 * @param value handed to the child's work
 * @returns what the work answered
 * @throws SandboxError where the child was ended or died; what the work threw, by name and message; the signal's reason
 */
export async function runSandboxed<Answer>(options: SandboxOptions, value: unknown): Promise<Answer> {
  const { script, signal, limits, environment = {}, serialization = "json" } = options;
  signal?.throwIfAborted();
  const home = mkdtempSync(join(tmpdir(), "sandbox-"));
  try {
    const child = await spawnBehindWalls(
      {
        script,
        granted: { read: options.read, write: [...options.write, home] },
        ...limits,
        environment: { HOME: home, TMPDIR: home, ...environment },
      },
      {
        cwd: home,
        stdio: ["ignore", "ignore", "pipe", "ipc"],
        serialization,
        // A group of its own: a terminal's Ctrl-C is ours to pass on.
        detached: true,
      },
    );
    return await conversation<Answer>(child, options, { kind: "start", value });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function conversation<Answer>(child: ChildProcess, options: SandboxOptions, start: ToChild): Promise<Answer> {
  const { called, limits, signal, handlers = {} } = options;
  return new Promise((resolve, reject) => {
    let ending: { value: Answer } | { error: Error } | undefined;
    let said = "";
    let grace: NodeJS.Timeout | undefined;
    const kill = (error: Error) => {
      ending ??= { error };
      child.kill("SIGKILL");
    };
    const over = (end: "memory" | "time", limit: string) =>
      kill(new SandboxError(`${called} was ended: it ${limit}`, end));
    const send = (message: ToChild) => child.connected && child.send(message, () => undefined);
    const stop = () => {
      send({ kind: "stop" });
      grace = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
    };
    const timer = setTimeout(
      () => over("time", `took longer than the ${inWords(limits.wallMs)} that it may`),
      Math.min(limits.wallMs, 2 ** 31 - 1),
    );
    const unwatch = watchMemory(child.pid ?? -1, limits.memoryBytes, () =>
      over(
        "memory",
        `took more than the ${Math.round(limits.memoryBytes / 2 ** 20)} MiB of memory that it may`,
      ),
    );
    child.stderr?.on("data", (chunk) => {
      said = (said + chunk).slice(-KEPT_LETTERS);
    });
    child.on("message", (message: ToParent) => {
      if (message.kind === "ready") send(start);
      else if (message.kind === "done") ending ??= { value: message.value as Answer };
      else if (message.kind === "failed") ending ??= { error: receivedError(message.error) };
      else if (message.kind === "call") void answer(message, handlers).then(send);
    });
    child.on("error", (error) => {
      ending ??= { error: new SandboxError(`${called} could not be started: ${error.message}`, "died") };
      finish();
    });
    child.on("close", (code, by) => {
      ending ??= { error: death(called, said, code, by) };
      finish();
    });
    signal?.addEventListener("abort", stop, { once: true });

    function finish(): void {
      clearTimeout(timer);
      clearTimeout(grace);
      unwatch();
      signal?.removeEventListener("abort", stop);
      if (ending && "value" in ending) resolve(ending.value);
      else if (signal?.aborted) reject(signal.reason);
      else reject(ending?.error);
    }
  });
}

async function answer(
  { id, verb, value }: Extract<ToParent, { kind: "call" }>,
  handlers: NonNullable<SandboxOptions["handlers"]>,
): Promise<ToChild> {
  try {
    if (!Object.hasOwn(handlers, verb)) throw new Error(`nothing answers '${verb}'`);
    return { kind: "answer", id, ok: true, value: (await handlers[verb]!(value)) ?? null };
  } catch (error) {
    return { kind: "answer", id, ok: false, error: sentError(error) };
  }
}

/** How a child died that had not answered. */
function death(called: string, said: string, code: number | null, by: NodeJS.Signals | null): SandboxError {
  // V8's and C++'s words for memory that was refused, most often by RLIMIT_DATA.
  if (
    /heap out of memory|Reached heap limit|bad_alloc|ERR_MEMORY_ALLOCATION_FAILED|Array buffer allocation failed/.test(
      said,
    )
  ) {
    return new SandboxError(`${called} died: it wanted more memory than it may have`, "memory");
  }
  const how = by === null ? `with exit code ${code}` : `by ${by}`;
  const line = said
    .trim()
    .split("\n")
    .findLast((text) => /\S/.test(text) && !/^\s+at |^Node[.]js v/.test(text));
  return new SandboxError(
    `${called} died ${how}${line === undefined ? "" : `: ${line.trim().slice(0, 300)}`}`,
    "died",
  );
}

function inWords(ms: number): string {
  if (ms < 120_000) return `${ms / 1000} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / 3_600_000)} hours`;
}
