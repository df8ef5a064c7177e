/**
 * Writing a file so that nobody ever sees half of it: to a temporary name in the same folder, flushed to disk,
 * then renamed over the final one.
 */

import { randomUUID } from "node:crypto";
import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** One write call takes at most this many bytes: Node's and Linux' own limit is near 2 GiB. */
const WRITE_AT_ONCE = 2 ** 28;

/** Node's permission model refuses fsync: there each write itself waits for the disk. */
const LIMITED = process.permission !== undefined;
const { O_WRONLY, O_CREAT, O_EXCL, O_DSYNC = 0 } = constants;
const FLAGS = O_WRONLY | O_CREAT | O_EXCL | (LIMITED ? O_DSYNC : 0);

/** @throws what the file system throws; then nothing is left behind. */
export function writeFileAtomically(path: string, chunks: Iterable<Uint8Array>): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  const file = openSync(temporary, FLAGS);
  let open = true;
  try {
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.byteLength; ) {
        at += writeSync(file, chunk, at, Math.min(chunk.byteLength - at, WRITE_AT_ONCE));
      }
    }
    if (!LIMITED) fsyncSync(file);
    closeSync(file);
    open = false;
    renameSync(temporary, path);
  } catch (error) {
    if (open) closeSync(file);
    rmSync(temporary, { force: true });
    // A full disk is told of a write without the file's name.
    if (error instanceof Error && !("path" in error)) Object.assign(error, { path });
    throw error;
  }
}
