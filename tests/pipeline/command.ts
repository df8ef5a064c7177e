/** Runs the `transferboard` command as a person would: a process, its output, its exit code. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export const launcher = fileURLToPath(
  new URL("../../packages/eval-core/bin/transferboard.mjs", import.meta.url),
);
const golden = (path: string) =>
  fileURLToPath(new URL(`../../packages/eval-core/golden/${path}`, import.meta.url));

/** A narrow ResNet-50 with random weights, in a file as torchvision's. */
export const checkpoint = golden("checkpoint/torchvision.pth");
export { golden };

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface Surroundings {
  /** Nowhere unless told: a command that records then fails. */
  readonly databaseUrl?: string;
  /** What starts the process, before its name: where it runs. */
  readonly through?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export function start(
  args: readonly string[],
  { databaseUrl, through = [], env = {} }: Surroundings = {},
): Started {
  const [file, ...rest] = [...through, process.execPath, launcher, ...args];
  const child = spawn(file!, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DATABASE_URL: databaseUrl ?? "postgresql://nobody@127.0.0.1:1/nothing", ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

export const transferboard = (args: readonly string[], surroundings?: Surroundings): Promise<Ended> =>
  start(args, surroundings).ended;

/** A folder that goes when the test is over. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "pipeline-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
