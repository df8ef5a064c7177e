/** Puts an evaluation on record, whole or not at all: its surroundings, its run, its results. */
import type { Database } from "@transferboard/prisma";
import { ensureCatalogued, ensureMeasures } from "./catalogue.ts";
import { WarehouseError } from "./errors.ts";
import type { EvaluationToRecord, JsonObject, ValueToRecord } from "./records.ts";
import { completeRun } from "./runs.ts";
import { type Guard, inTransaction } from "./transaction.ts";

export interface Recorded {
  readonly runId: string;
  /** The ledger's entries, in the order of the measures given. */
  readonly results: readonly { readonly id: bigint; readonly measure: string; readonly value: number }[];
  /** The same evaluation was on record before: nothing was written, and these are its results. */
  readonly alreadyRecorded: boolean;
}

function check({ results }: EvaluationToRecord): void {
  if (results.length === 0) throw new WarehouseError("An evaluation without a result cannot be recorded.");
  const seen = new Set<string>();
  for (const { measure, value, interval } of results) {
    if (seen.has(measure)) throw new WarehouseError(`The measure ${measure} is given twice.`);
    seen.add(measure);
    const numbers = interval ? [interval.lower, value, interval.upper] : [value];
    if (!numbers.every(Number.isFinite) || numbers.some((x, i) => i > 0 && x < numbers[i - 1]!)) {
      throw new WarehouseError(
        `${measure}: expected finite numbers, lower <= value <= upper; found ${numbers.join(", ")}.`,
      );
    }
  }
}

const rowOf = ({ value, interval, sampleSize }: ValueToRecord) => ({
  value,
  intervalLower: interval?.lower ?? null,
  intervalUpper: interval?.upper ?? null,
  sampleSize,
});

async function resultsOf(db: Database, identity: string): Promise<Recorded | null> {
  const run = await db.run.findUnique({
    where: { identity },
    select: {
      id: true,
      state: true,
      results: { orderBy: { id: "asc" }, include: { measure: { select: { slug: true } } } },
    },
  });
  if (run?.state !== "DONE") return null;
  const results = run.results.map(({ id, value, measure }) => ({ id, value, measure: measure.slug }));
  return { runId: run.id, results, alreadyRecorded: true };
}

/** What a board says of where a value comes from: its run, and how much of the data that is not of. */
function sourceOf(runId: string, { unreadable }: JsonObject): string {
  const lost = Array.isArray(unreadable) ? unreadable.length : 0;
  if (lost === 0) return `run ${runId}`;
  return `run ${runId}, without ${lost} unreadable ${lost === 1 ? "image" : "images"}`;
}

/**
 * Records an evaluation with provenance REPRODUCED, in one transaction; the database adds its audit events in the
 * same one. The same identity again, at once or later, answers what is on record.
 * @throws WarehouseError where it contradicts the record, or its numbers are no results
 */
export async function recordEvaluation(
  db: Database,
  evaluation: EvaluationToRecord,
  guard?: Guard,
): Promise<Recorded> {
  check(evaluation);
  const { protocol, run, suite } = evaluation;
  const known = await resultsOf(db, run.identity);
  if (known) return known;
  const recorded = await inTransaction(
    db,
    async (tx): Promise<Recorded | null> => {
      const catalogued = await ensureCatalogued(tx, evaluation);
      const measures = await ensureMeasures(
        tx,
        evaluation.results.map(({ measure }) => measure),
        suite,
      );
      const runId = await completeRun(tx, evaluation, catalogued);
      if (runId === null) return null;
      const rows = await tx.result.createManyAndReturn({
        data: evaluation.results.map((result) => ({
          ...catalogued,
          ...rowOf(result),
          measureId: measures.get(result.measure)!,
          seeds: [BigInt(run.seed)],
          provenance: "REPRODUCED" as const,
          source: sourceOf(runId, run.record),
          protocolFingerprint: protocol.fingerprint,
          runId,
        })),
        select: { id: true, value: true, measureId: true },
      });
      const slugs = new Map([...measures].map(([slug, id]) => [id, slug]));
      const results = rows.map(({ id, value, measureId }) => ({ id, value, measure: slugs.get(measureId)! }));
      return { runId, results, alreadyRecorded: false };
    },
    guard,
  );
  if (recorded) return recorded;
  const others = await resultsOf(db, run.identity);
  if (!others) throw new Error(`The run ${run.identity} is done and has vanished.`);
  return others;
}
