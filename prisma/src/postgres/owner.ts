/**
 * One process at a time owns a database folder: a file beside the data names it, and is taken over when that process
 * is gone (kill -9, a reboot).
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseError, fileError } from "../error.ts";
import { isAlive, startOf } from "./processes.ts";

interface Owner {
  pid: number;
  start: string | null;
}

const ownerFile = (folder: string) => join(folder, "owner.json");

function readOwner(folder: string): Owner | null {
  try {
    const owner: unknown = JSON.parse(readFileSync(ownerFile(folder), "utf8"));
    if (typeof owner === "object" && owner && "pid" in owner && "start" in owner) return owner as Owner;
  } catch {
    // Missing, or half-written by a process that died: nobody's.
  }
  return null;
}

const isHere = (owner: Owner) =>
  isAlive(owner.pid) && (owner.start === null || startOf(owner.pid) === owner.start);

/** Throws a DatabaseError while another living process owns the folder. */
export function takeFolder(folder: string): void {
  for (;;) {
    const owner: Owner = { pid: process.pid, start: startOf(process.pid) };
    try {
      writeFileSync(ownerFile(folder), JSON.stringify(owner), { flag: "wx" });
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST"))
        throw fileError(error, folder);
    }
    const other = readOwner(folder);
    if (other && isHere(other)) {
      throw new DatabaseError(
        `the database in ${folder} is already in use by process ${other.pid}: stop that one first, or set DATABASE_URL to share a server.`,
      );
    }
    // Renaming is atomic: of two processes that both see a dead owner, one moves the file and the other tries again.
    const aside = `${ownerFile(folder)}.${process.pid}`;
    try {
      renameSync(ownerFile(folder), aside);
      rmSync(aside, { force: true });
    } catch {
      // The other one was faster.
    }
  }
}

export function leaveFolder(folder: string): void {
  if (readOwner(folder)?.pid === process.pid) rmSync(ownerFile(folder), { force: true });
}
