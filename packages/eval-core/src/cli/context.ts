/** What every subcommand gets: how to talk, when to stop, where to keep things. */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { stateFolder } from "@transferboard/prisma";
import type { Command } from "commander";
import { CommandError } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export interface Context {
  readonly terminal: Terminal;
  /** Aborted by the first Ctrl-C or SIGTERM: finish what is at hand, keep it, stop. */
  readonly signal: AbortSignal;
}

/** Adds its subcommand to the program. */
export type AddCommand = (program: Command, contextOf: (quiet?: boolean) => Context) => void;

/** The project's own folder for what it can make again: caches, the embedded database. */
export const STATE_FOLDER = stateFolder;

/** Made where it is not there. @throws CommandError where it cannot be, before any work that would be lost */
export function cacheFolder(given: string | undefined): string {
  const folder = given === undefined ? join(STATE_FOLDER, "cache") : resolve(given);
  try {
    makeFolder(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "EEXIST" || code === "ENOTDIR" ? "a file is in its place" : `${code}`;
    throw new CommandError(
      `--cache ${folder}: the folder cannot be made (${why}); name one that can be written`,
    );
  }
  return folder;
}

/**
 * One folder after the other: where a file system answers "no such folder" for what has a parent, as /proc and automounted
 * homes do, Node's own way of making all of them never returns.
 */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process was first.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
