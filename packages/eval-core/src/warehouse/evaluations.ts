/** Evaluations as the command and the worker record and look them up: a main run, with its companions beside it. */
import type { Database } from "@transferboard/prisma";
import { recordEvaluation } from "./record.ts";
import type { CompanionToRecord, EvaluationToRecord, ValueToRecord } from "./records.ts";
import { startRun } from "./runs.ts";
import type { Guard } from "./transaction.ts";

/**
 * Records an evaluation and its companions; what is on record stays as it is. The main run is done last: once it is,
 * everything of the evaluation is on record.
 */
export async function recordWithCompanions(
  db: Database,
  main: EvaluationToRecord,
  companions: readonly CompanionToRecord[],
  guard?: Guard,
): Promise<void> {
  if (companions.length > 0) {
    const { runId: parentRunId } = await startRun(db, main, guard);
    for (const { identity, protocol, record, results } of companions) {
      const run = { ...main.run, identity, record, parentRunId };
      await recordEvaluation(db, { ...main, protocol, run, results }, guard);
    }
  }
  await recordEvaluation(db, main, guard);
}

/** A run's values, and those of the runs that came out of it. Undefined where none of this identity is done. */
export async function recordedValues(db: Database, identity: string): Promise<ValueToRecord[] | undefined> {
  const results = {
    include: { measure: { select: { slug: true } } },
    orderBy: { id: "asc" },
  } as const;
  const run = await db.run.findUnique({
    where: { identity },
    include: { results, companions: { include: { results }, orderBy: { createdAt: "asc" } } },
  });
  if (run?.state !== "DONE") return undefined;
  return [run, ...run.companions].flatMap((one) =>
    one.results.map(({ measure, value, intervalLower: lower, intervalUpper: upper, sampleSize }) => ({
      measure: measure.slug,
      value,
      interval: lower === null || upper === null ? null : { lower, upper },
      sampleSize,
    })),
  );
}

/** The published values of a measure, by method slug. */
export async function publishedValues(db: Database, measure: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db.result.findMany({
    where: { measure: { slug: measure }, provenance: "PUBLISHED", supersededBy: null, retraction: null },
    select: { value: true, method: { select: { slug: true } } },
  });
  return new Map(rows.map(({ value, method }) => [method.slug, value]));
}
