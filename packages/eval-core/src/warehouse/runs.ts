/**
 * The states of a run: QUEUED, RUNNING, then DONE, FAILED or CANCELLED. A failed or cancelled one may run again under
 * the same identity; a done one is final. The database writes the audit event of each change.
 */
import type { Database, RunState, TransactionClient } from "@transferboard/prisma";
import { asJson, type Catalogued, ensureCatalogued } from "./catalogue.ts";
import { WarehouseError } from "./errors.ts";
import type { EvaluationToRecord, RunToRecord } from "./records.ts";
import { type Guard, inTransaction } from "./transaction.ts";

export interface RecordedRun {
  readonly runId: string;
  readonly state: RunState;
}

/** What every run of these surroundings has, whatever its state. */
const fixedOf = ({ protocol, dataset, run }: RunToRecord, { checkpointId }: Catalogued) => ({
  identity: run.identity,
  protocolFingerprint: protocol.fingerprint,
  checkpointId,
  datasetSlug: dataset.slug,
  datasetManifest: dataset.manifest,
  seed: BigInt(run.seed),
  ...(run.requestedById !== undefined && { requestedById: run.requestedById }),
  ...(run.parentRunId !== undefined && { parentRunId: run.parentRunId }),
});

/** Notes that a run has begun. A run that is DONE stays as it is, and is answered as such. */
export function startRun(db: Database, planned: RunToRecord, guard?: Guard): Promise<RecordedRun> {
  const { identity, device, versions, startedAt } = planned.run;
  return inTransaction(
    db,
    async (tx) => {
      const catalogued = await ensureCatalogued(tx, planned);
      const known = await tx.run.findUnique({
        where: { identity },
        select: { id: true, state: true, checkpointId: true },
      });
      if (known && known.checkpointId !== catalogued.checkpointId)
        throw new WarehouseError(`The run ${identity.slice(0, 12)} is recorded as one of other weights.`);
      if (known?.state === "DONE") return { runId: known.id, state: known.state };
      const running = {
        device,
        versions,
        startedAt,
        finishedAt: null,
        failure: null,
        state: "RUNNING",
      } as const;
      const { id } = known
        ? await tx.run.update({ where: { id: known.id }, data: running, select: { id: true } })
        : await tx.run.create({
            data: { ...fixedOf(planned, catalogued), ...running },
            select: { id: true },
          });
      return { runId: id, state: "RUNNING" };
    },
    guard,
  );
}

/** Ends a transaction that was only tried. */
class Undone extends Error {}

/** What in the record a run would contradict, in a sentence; undefined where it could begin. Nothing is kept. */
export async function refusalOf(db: Database, planned: RunToRecord): Promise<string | undefined> {
  try {
    return await inTransaction(db, async (tx) => {
      await ensureCatalogued(tx, planned);
      throw new Undone();
    });
  } catch (error) {
    if (error instanceof Undone) return undefined;
    if (error instanceof WarehouseError) return error.message;
    throw error;
  }
}

/** Makes or completes the run of an evaluation that has all its results. Null where it was DONE before. */
export async function completeRun(
  tx: TransactionClient,
  evaluation: EvaluationToRecord,
  catalogued: Catalogued,
): Promise<string | null> {
  const { identity, device, versions, startedAt, finishedAt, record } = evaluation.run;
  const known = await tx.run.findUnique({ where: { identity }, select: { id: true, state: true } });
  if (known?.state === "DONE") return null;
  const done = {
    device,
    versions,
    startedAt,
    finishedAt,
    failure: null,
    record: asJson(record),
    state: "DONE",
  } as const;
  const { id } = known
    ? await tx.run.update({ where: { id: known.id }, data: done, select: { id: true } })
    : await tx.run.create({ data: { ...fixedOf(evaluation, catalogued), ...done }, select: { id: true } });
  return id;
}

async function endRun(
  db: Database,
  runId: string,
  ended: { readonly state: "FAILED" | "CANCELLED"; readonly failure: string | null },
  guard?: Guard,
) {
  const end = (tx: TransactionClient) =>
    tx.run.updateMany({
      where: { id: runId, state: { in: ["QUEUED", "RUNNING"] } },
      data: { ...ended, finishedAt: new Date() },
    });
  const { count } = guard ? await inTransaction(db, end, guard, true) : await end(db);
  if (count === 0)
    throw new WarehouseError(`There is no run ${runId} under way that could end as ${ended.state}.`);
}

/** Keeps why a run ended without a result: a blank cell with a reason. */
export function failRun(db: Database, runId: string, reason: string, guard?: Guard): Promise<void> {
  const text = reason.trim() || "No reason was given.";
  return endRun(db, runId, { state: "FAILED", failure: text.slice(0, 20_000) }, guard);
}

export const cancelRun = (db: Database, runId: string, guard?: Guard): Promise<void> =>
  endRun(db, runId, { state: "CANCELLED", failure: null }, guard);

/** Which of these evaluations are on record, and how far: what `--resume` need not do again. */
export async function recordedRuns(
  db: Database,
  identities: readonly string[],
): Promise<ReadonlyMap<string, RecordedRun>> {
  const rows = await db.run.findMany({
    where: { identity: { in: [...identities] } },
    select: { identity: true, id: true, state: true },
  });
  return new Map(rows.map(({ identity, id, state }) => [identity, { runId: id, state }]));
}
