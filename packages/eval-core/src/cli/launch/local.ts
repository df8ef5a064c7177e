/** Workers on this machine: each with a share of the cores and, where there are several, a graphics card of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";

export interface LocalOptions {
  readonly workers: number;
  /** Numbers of the graphics cards, handed out in turn; none: the device's own choice. */
  readonly gpus: readonly number[];
  /** Aborted: every worker is told to stop, and is waited for. */
  readonly signal: AbortSignal;
  /** A line of worker `i`, from 0. */
  readonly say: (i: number, line: string) => void;
}

/** CPU threads of each of `workers`: equal shares, one at least. */
export const threadShare = (workers: number, cores = availableParallelism()): number =>
  Math.max(1, Math.floor(cores / workers));

/** The environment of worker `i`: which card it sees, where cards were named. */
export const environmentOf = (i: number, gpus: readonly number[]): Readonly<Record<string, string>> =>
  gpus.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: String(gpus[i % gpus.length]) };

/**
 * @param program what starts this command: the file and its first arguments
 * @returns the exit codes, in order; a worker that a signal ended has 128
 */
export async function launchLocal(
  program: readonly string[],
  command: readonly string[],
  { workers, gpus, signal, say }: LocalOptions,
): Promise<readonly number[]> {
  const [file, ...first] = program;
  const children = Array.from({ length: workers }, (_, i) => {
    const child = spawn(file!, [...first, ...command], {
      env: { ...process.env, ...environmentOf(i, gpus) },
      // The terminal's Ctrl-C reaches the whole group: by a group of its own each is told once, by us.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) lines(stream, (line) => say(i, line));
    return child;
  });
  const stop = () => {
    for (const child of children) child.kill("SIGTERM");
  };
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  // Whoever kills us shall leave no worker behind.
  process.once("exit", stop);
  try {
    return await Promise.all(children.map(codeOf));
  } finally {
    signal.removeEventListener("abort", stop);
    process.removeListener("exit", stop);
  }
}

const codeOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 128));
  });

function lines(stream: NodeJS.ReadableStream, say: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const all = (rest + text).split("\n");
    rest = all.pop()!;
    for (const line of all) if (line !== "") say(line);
  });
  stream.on("end", () => rest !== "" && say(rest));
}
