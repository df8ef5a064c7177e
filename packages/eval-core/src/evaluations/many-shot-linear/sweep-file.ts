/** An unfinished sweep on disk: written whole after every value, removed when the fit is done. */
import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { deserialize, serialize } from "node:v8";
import { readSealed, writeSealed } from "../../tensor/index.ts";
import type { LinearOptions, LinearState } from "./record.ts";

export interface SweepFile {
  readonly checkpoint: NonNullable<LinearOptions["checkpoint"]>;
  /** What was wrong with the state that an earlier attempt left, a sentence; the sweep begins anew. */
  readonly damage?: string;
  remove(): void;
}

export function sweepFile(path: string): SweepFile {
  const { state, damage } = read(path);
  return {
    ...(damage === undefined ? {} : { damage }),
    checkpoint: {
      ...(state ? { state } : {}),
      save: (next) => {
        mkdirSync(dirname(path), { recursive: true });
        writeSealed(path, serialize(next));
      },
    },
    remove: () => rmSync(path, { force: true }),
  };
}

/** What a killed run left. */
function read(path: string): { readonly state?: LinearState; readonly damage?: string } {
  let isDamaged = false;
  const kept = readSealed(path, () => {
    isDamaged = true;
  });
  try {
    if (kept) return { state: deserialize(kept) as LinearState };
  } catch {
    isDamaged = true;
  }
  return isDamaged ? { damage: `the saved state ${path} is damaged: beginning anew` } : {};
}
