/**
 * Finished evaluations, kept beside the features: a result survives whatever happens between its last number and
 * the database's answer, and a suite that is run again does not compute it again.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Evaluation } from "../../evaluations/evaluation.ts";
import { writeFileAtomically } from "../../tensor/index.ts";

export interface Finished {
  readonly evaluation: Evaluation;
  /** ISO times. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly device: string;
}

const fileOf = (cacheFolder: string, identity: string) =>
  join(cacheFolder, "evaluations", `${identity}.json`);

export function readFinished(cacheFolder: string, identity: string): Finished | undefined {
  const file = fileOf(cacheFolder, identity);
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")) as Finished;
}

export function writeFinished(cacheFolder: string, identity: string, finished: Finished): void {
  mkdirSync(join(cacheFolder, "evaluations"), { recursive: true });
  writeFileAtomically(fileOf(cacheFolder, identity), [Buffer.from(`${JSON.stringify(finished)}\n`)]);
}
