/**
 * What an interrupted probe goes on from: one value in a file of the run's own folder, written whole, which goes with the
 * folder. A file that cannot be read, or that other code, another device or another number of threads made, is said to be so,
 * and the work begins anew: a resumed run has the very numbers of one that was never interrupted.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { readSealed, writeSealed } from "../../tensor/index.ts";
import type { RunContext } from "../kind.ts";
import { madeBy } from "./made-by.ts";

export interface StateFile<T> {
  readonly state: T | undefined;
  save(state: T): void;
}

/** Without a folder for unfinished work nothing is kept. */
export function stateFile<T>(
  context: Pick<RunContext, "work" | "progress" | "device" | "threads">,
  name: string,
): StateFile<T> {
  const { work: folder, progress } = context;
  if (folder === undefined) return { state: undefined, save() {} };
  const path = join(folder, `${name}.state`);
  const by = madeBy(context);
  return {
    state: read<T>(path, by, (sentence) => progress.say(sentence)),
    save(state) {
      mkdirSync(folder, { recursive: true });
      writeSealed(path, serialize({ by, state }));
    },
  };
}

function read<T>(path: string, by: string, say: (sentence: string) => void): T | undefined {
  const kept = readSealed(path, say);
  if (kept === undefined) return undefined;
  const found = opened<T>(kept);
  if (found?.by === by) return found.state;
  say(`${path} is of another version, device or number of threads: what it kept is computed anew`);
  return undefined;
}

function opened<T>(bytes: Uint8Array): { readonly by: string; readonly state: T } | undefined {
  try {
    return deserialize(bytes) as { by: string; state: T };
  } catch {
    // Whole, but of a Node whose format this one does not know.
    return undefined;
  }
}
