/**
 * A checkpoint's bytes by position: a file that is read where needed, so that nothing holds it as a whole.
 */
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { CheckpointError } from "./errors.ts";

export interface Source {
  readonly size: number;
  /**
   * Fills `target` from `offset` on.
   * @throws CheckpointError when the source ends before.
   */
  readInto(target: Uint8Array, offset: number): void;
  close(): void;
}

const CHUNK = 2 ** 22;

/** @throws CheckpointError when there is no such file, or it cannot be read. */
export function openSource(path: string): Source {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new CheckpointError(
      code === "ENOENT" ? "no such file" : `cannot be opened (${code}): check its permissions`,
    );
  }
  const stat = fstatSync(file);
  if (!stat.isFile()) {
    closeSync(file);
    throw new CheckpointError("is not a file: give the path of one checkpoint");
  }
  return {
    size: stat.size,
    readInto(target, offset) {
      for (let at = 0; at < target.byteLength; ) {
        const read = readSync(file, target, at, Math.min(target.byteLength - at, 2 ** 28), offset + at);
        if (read === 0)
          throw new CheckpointError(`the file ends at byte ${offset + at}, before its content does`);
        at += read;
      }
    },
    close: () => closeSync(file),
  };
}

/** The same over memory. */
export function memorySource(bytes: Uint8Array): Source {
  return {
    size: bytes.byteLength,
    readInto(target, offset) {
      if (offset + target.byteLength > bytes.byteLength) {
        throw new CheckpointError(`the file ends at byte ${bytes.byteLength}, before its content does`);
      }
      target.set(bytes.subarray(offset, offset + target.byteLength));
    },
    close: () => undefined,
  };
}

/**
 * `length` bytes from `offset` on, of `what`.
 * @throws CheckpointError when the source ends before: checked before memory is taken.
 */
export function readBytes(source: Source, offset: number, length: number, what: string): Uint8Array {
  if (!(offset >= 0 && length >= 0 && offset + length <= source.size)) {
    throw new CheckpointError(
      `the file is truncated or damaged: ${what} should lie at bytes ${offset} to ${offset + length}, the file has ${source.size}`,
    );
  }
  const bytes = new Uint8Array(length);
  source.readInto(bytes, offset);
  return bytes;
}

/** The SHA-256 of the whole, read in chunks; lets other work run in between. */
export async function sha256Of(source: Source): Promise<string> {
  const hash = createHash("sha256");
  const chunk = new Uint8Array(Math.min(CHUNK, source.size));
  for (let offset = 0; offset < source.size; offset += chunk.length) {
    const part = chunk.subarray(0, Math.min(chunk.length, source.size - offset));
    source.readInto(part, offset);
    hash.update(part);
    await setImmediate();
  }
  return hash.digest("hex");
}
