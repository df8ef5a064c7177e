/** How much memory there is, how much another process holds, and a watch that says when it is too much. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { totalmem } from "node:os";

const LINUX_EVERY_MS = 50;
/** Elsewhere each look is a process of its own. */
const ELSEWHERE_EVERY_MS = 500;

/** What this process and its children may take together: the machine's memory, or their container's where that is less. */
export const memoryHere = (): number => Math.min(totalmem(), process.constrainedMemory() || Infinity);

/** Calls `over` once when the process holds more than so many bytes. Answers how to end the watch. */
export function watchMemory(pid: number, bytes: number, over: () => void): () => void {
  const linux = process.platform === "linux";
  const check = (held: number | undefined) => {
    if (held === undefined || held <= bytes) return;
    clearInterval(timer);
    over();
  };
  const timer = setInterval(
    () => (linux ? check(residentOnLinux(pid)) : residentByPs(pid, check)),
    linux ? LINUX_EVERY_MS : ELSEWHERE_EVERY_MS,
  );
  timer.unref();
  return () => clearInterval(timer);
}

/** Undefined where the process is gone. In kB in the file, whatever a page's size. */
export function residentOnLinux(pid: number): number | undefined {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
    return found ? Number(found[1]) * 1024 : undefined;
  } catch {
    return undefined;
  }
}

function residentByPs(pid: number, tell: (bytes: number | undefined) => void): void {
  execFile("ps", ["-o", "rss=", "-p", String(pid)], (error, stdout) =>
    tell(error ? undefined : Number(stdout.trim()) * 1024),
  );
}
