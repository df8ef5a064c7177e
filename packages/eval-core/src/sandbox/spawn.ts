/**
 * Starts Node behind the walls of `walls.ts`: the one way in for all work on files that nobody here wrote. Its environment
 * is bare, it may touch what it was granted alone, and `guard.ts` ends it where the system did not set its limit of memory.
 */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bareEnvironment, dataLimit, type Granted, nodeArguments, wallsHere } from "./walls.ts";

export interface BehindWalls {
  readonly script: URL;
  readonly granted: Granted;
  readonly memoryBytes: number;
  /** False leaves out RLIMIT_DATA: drivers of graphics cards reserve far more than they use. */
  readonly limitData?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function spawnBehindWalls(
  { script, granted, memoryBytes, limitData = true, environment = {} }: BehindWalls,
  options: Pick<SpawnOptions, "cwd" | "stdio" | "serialization" | "detached">,
): Promise<ChildProcess> {
  const walls = await wallsHere();
  const dataBytes = limitData ? dataLimit(memoryBytes) : undefined;
  const wrapper = walls.wrapper(dataBytes);
  const expected = wrapper[0] === "prlimit" ? dataBytes : undefined;
  const node = [process.execPath, ...nodeArguments(granted, memoryBytes, expected), fileURLToPath(script)];
  const [command, ...args] = [...wrapper, ...node];
  return spawn(command!, args, { ...options, env: bareEnvironment(environment) });
}
