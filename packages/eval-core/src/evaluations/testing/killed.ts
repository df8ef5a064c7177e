/** Runs a script as a process of its own, kill -9 at a step that it reports, or to its end. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Ended {
  readonly killed: boolean;
  readonly last: string;
  readonly steps: number;
}

/** @param killAt the how manieth line that begins with "step" kills it; to its end without one */
export function runAndKill(script: URL, args: readonly string[], killAt?: number): Promise<Ended> {
  const running = spawn(process.execPath, [fileURLToPath(script), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let [last, steps] = ["", 0];
  createInterface({ input: running.stdout }).on("line", (line) => {
    last = line;
    if (line.startsWith("step") && ++steps === killAt) running.kill("SIGKILL");
  });
  return new Promise((resolve) => {
    running.on("close", (_, signal) => resolve({ killed: signal === "SIGKILL", last, steps }));
  });
}
