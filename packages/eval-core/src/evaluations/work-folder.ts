/**
 * Where unfinished work lies: a folder a run, by its identity, so that whoever runs it next goes on from there. Where a
 * job may be taken from a worker that is only silent, each attempt has a folder of its own, and begins with what the latest
 * other one has written: a worker that comes back late writes where nobody reads any more.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

export interface Whose {
  /** Of a divided run, which part. */
  readonly part?: number;
  /** Tells the attempt from all others. Without it there is one folder for all. */
  readonly attempt?: string;
}

/** Everything that is unfinished of a run. */
export const unfinishedOf = (cacheFolder: string, identity: string): string =>
  join(cacheFolder, "unfinished", identity);

const ofPart = (cacheFolder: string, identity: string, { part }: Whose): string =>
  join(unfinishedOf(cacheFolder, identity), part === undefined ? "whole" : `part-${part}`);

/** The folder to work in. One for an attempt is made, with what the latest attempt left. */
export function workFolder(cacheFolder: string, identity: string, whose: Whose = {}): string {
  if (whose.attempt === undefined) {
    if (whose.part === undefined) return unfinishedOf(cacheFolder, identity);
    return ofPart(cacheFolder, identity, whose);
  }
  const attempts = ofPart(cacheFolder, identity, whose);
  const own = join(attempts, whose.attempt);
  if (existsSync(own)) return own;
  mkdirSync(own, { recursive: true });
  const others = foldersIn(attempts).filter((folder) => folder !== own);
  // What somebody began on this machine without a queue is worth as much.
  const plain = whose.part === undefined ? [unfinishedOf(cacheFolder, identity)] : [];
  const [latest] = [...others, ...plain]
    .map((folder) => ({ folder, ms: lastWritten(folder) }))
    .filter(({ ms }) => ms > 0)
    .sort((a, b) => b.ms - a.ms);
  if (latest) copyFiles(latest.folder, own);
  return own;
}

/** After a part has ended well, or a run: nothing of it is needed any more. */
export function removeWork(cacheFolder: string, identity: string, whose: Whose = {}): void {
  const folder =
    whose.part === undefined ? unfinishedOf(cacheFolder, identity) : ofPart(cacheFolder, identity, whose);
  rmSync(folder, { recursive: true, force: true });
}

const entriesOf = (folder: string) => readdirSync(folder, { withFileTypes: true });

const foldersIn = (folder: string): string[] =>
  entriesOf(folder).flatMap((entry) => (entry.isDirectory() ? [join(folder, entry.name)] : []));

/** Files that are whole: one that is being written has another ending. */
const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? entriesOf(folder)
        .filter((entry) => entry.isFile() && !entry.name.endsWith(".part"))
        .map(({ name }) => name)
    : [];

const lastWritten = (folder: string): number =>
  Math.max(0, ...filesIn(folder).map((name) => timeOf(join(folder, name))));

const timeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** A file that is renamed meanwhile is the one before it by now; whoever reads them tells what is whole. */
function copyFiles(from: string, to: string): void {
  for (const name of filesIn(from)) {
    try {
      cpSync(join(from, name), join(to, name), { preserveTimestamps: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}
