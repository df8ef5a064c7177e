/**
 * Finished evaluations, kept beside the features: a result survives whatever happens between its last number and
 * the database's answer, and a suite that is run again does not compute it again.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Companion, Evaluation, MeasuredValue } from "../../evaluations/evaluation.ts";
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
  const kept = sealed(readFileSync(file, "utf8"));
  if (kept === undefined) {
    // Damaged: it is computed anew, and nothing that was never measured is recorded.
    rmSync(file, { force: true });
    return undefined;
  }
  const { evaluation, ...times } = kept;
  return { ...times, evaluation: "companions" in evaluation ? evaluation : withCompanions(evaluation) };
}

export function writeFinished(cacheFolder: string, identity: string, finished: Finished): void {
  mkdirSync(join(cacheFolder, "evaluations"), { recursive: true });
  writeFileAtomically(fileOf(cacheFolder, identity), [
    Buffer.from(`${JSON.stringify({ sha256: sealOf(finished), finished })}\n`),
  ]);
}

const sealOf = (finished: unknown) => createHash("sha256").update(JSON.stringify(finished)).digest("hex");

/** What was written; undefined where a byte of it changed. Files of before had no seal, and another form. */
function sealed(text: string): Finished | undefined {
  try {
    const parsed = JSON.parse(text) as Finished | { readonly sha256: string; readonly finished: Finished };
    if ("evaluation" in parsed) return parsed;
    return sealOf(parsed.finished) === parsed.sha256 ? parsed.finished : undefined;
  } catch {
    return undefined;
  }
}

/** Files of before companions had a field of their own: a calibration's values stood among the classifier's. */
function withCompanions(evaluation: Omit<Evaluation, "companions" | "artefacts">): Evaluation {
  const values = evaluation.values as readonly MeasuredValue[];
  const groups = Map.groupBy(values, ({ protocol }) => protocol.fingerprint);
  const { calibration } = evaluation.record as { calibration?: Companion["record"] | null };
  return {
    ...evaluation,
    values: groups.get(evaluation.protocol.fingerprint) ?? [],
    companions: [...groups.values()]
      .filter(([first]) => first!.protocol.fingerprint !== evaluation.protocol.fingerprint)
      .map((own) => ({ protocol: own[0]!.protocol, values: own, record: calibration ?? {} })),
    artefacts: [],
  };
}
