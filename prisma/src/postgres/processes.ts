/** Is a process alive, and is it the one we mean? A process id alone may have been given to another since. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The fields of /proc/PID/stat from the third, the state; the command name before them may hold spaces. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

/** A zombie, whose parent has not asked for its end yet, is dead. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return statOf(pid)?.[0] !== "Z";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** The command line of a living process; empty where it cannot be told. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // No /proc: not Linux, or the process is gone.
  }
  try {
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return "";
  }
}

/** When the process started, in the kernel's own units: with the id, its identity. Null where it cannot be told. */
export const startOf = (pid: number): string | null => statOf(pid)?.[19] ?? null;

/** Whether the process ended within the time. */
export async function endsWithin(pid: number, timeoutMs: number): Promise<boolean> {
  const until = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
