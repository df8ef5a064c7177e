/**
 * What an interrupted probe goes on from: one value in a file of the run's own folder, written whole. A file that cannot be
 * read is said to be damaged, and the work begins anew.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { writeFileAtomically } from "../../tensor/index.ts";

export interface StateFile<T> {
  readonly state: T | undefined;
  save(state: T): void;
}

const HASH_BYTES = 32;
const hashOf = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** @param folder of the run, or undefined to keep nothing */
export function stateFile<T>(
  folder: string | undefined,
  name: string,
  say: (sentence: string) => void,
): StateFile<T> {
  if (folder === undefined) return { state: undefined, save() {} };
  const path = join(folder, `${name}.state`);
  return {
    state: read<T>(path, say),
    save(state) {
      mkdirSync(folder, { recursive: true });
      const bytes = serialize(state);
      writeFileAtomically(path, [hashOf(bytes), bytes]);
    },
  };
}

function read<T>(path: string, say: (sentence: string) => void): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const file = readFileSync(path);
    const bytes = file.subarray(HASH_BYTES);
    if (hashOf(bytes).equals(file.subarray(0, HASH_BYTES))) return deserialize(bytes) as T;
  } catch {
    // Said below: whatever is wrong with it, it cannot be gone on from.
  }
  say(`${path} is damaged: what it kept is computed anew`);
  return undefined;
}
