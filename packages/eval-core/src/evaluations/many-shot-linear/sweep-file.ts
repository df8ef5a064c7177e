/** An unfinished sweep on disk: written whole after every value, removed when the fit is done. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { deserialize, serialize } from "node:v8";
import { writeFileAtomically } from "../../tensor/index.ts";
import type { LinearOptions, LinearState } from "./record.ts";

export interface SweepFile {
  readonly checkpoint: NonNullable<LinearOptions["checkpoint"]>;
  remove(): void;
}

export function sweepFile(path: string): SweepFile {
  const state = read(path);
  return {
    checkpoint: {
      ...(state ? { state } : {}),
      save: (next) => {
        mkdirSync(dirname(path), { recursive: true });
        writeFileAtomically(path, [serialize(next)]);
      },
    },
    remove: () => rmSync(path, { force: true }),
  };
}

/** What a killed run left; a file that cannot be read counts as none. */
function read(path: string): LinearState | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return deserialize(readFileSync(path)) as LinearState;
  } catch {
    return undefined;
  }
}
