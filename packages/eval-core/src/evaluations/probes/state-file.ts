/**
 * What an interrupted probe goes on from: one value in a file of the run's own folder, written whole. A file that cannot be
 * read is said to be damaged, and the work begins anew.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { readSealed, writeSealed } from "../../tensor/index.ts";

export interface StateFile<T> {
  readonly state: T | undefined;
  save(state: T): void;
}

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
      writeSealed(path, serialize(state));
    },
  };
}

function read<T>(path: string, say: (sentence: string) => void): T | undefined {
  const kept = readSealed(path, say);
  return kept === undefined ? undefined : (deserialize(kept) as T);
}
