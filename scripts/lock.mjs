/** One at a time, across processes: a folder as a lock, taken over when its holder is dead. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A holder that has not written its process id by then died between two system calls. */
const graceMs = 5_000;

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function holderOf(folder) {
  try {
    return Number(readFileSync(join(folder, "pid"), "utf8")) || null;
  } catch {
    return null;
  }
}

/** Runs `work` while holding `folder`; waits for a living holder, saying so once. */
export async function withLock(folder, what, work, say = console.log) {
  mkdirSync(dirname(folder), { recursive: true });
  let said = false;
  let unknownSince = null;
  for (;;) {
    try {
      mkdirSync(folder);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = holderOf(folder);
    if (holder === null) unknownSince ??= Date.now();
    const dead = holder === null ? Date.now() - unknownSince > graceMs : !alive(holder);
    if (dead) {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    if (!said) say(`Waiting for another process that is ${what} (pid ${holder ?? "unknown"}) ...`);
    said = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  writeFileSync(join(folder, "pid"), String(process.pid));
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
