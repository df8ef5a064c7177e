/** What every subcommand gets: how to talk, when to stop, where to keep things. */
import { join, resolve } from "node:path";
import { stateFolder } from "@transferboard/prisma";
import type { Command } from "commander";
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

export function cacheFolder(given: string | undefined): string {
  return given === undefined ? join(STATE_FOLDER, "cache") : resolve(given);
}
