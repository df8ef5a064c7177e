/** What a recorder writes to and asks: plain records alone, so that it may be on the other side of a process or a network. */
import type { Database } from "@transferboard/prisma";
import type { ContentStore } from "../artefacts/index.ts";
import {
  artefactsNamed,
  boardOf,
  type CompanionToRecord,
  cancelRun,
  type EvaluationToRecord,
  failRun,
  type Guard,
  publishedValues,
  type RunToRecord,
  recordedRuns,
  recordedValues,
  recordWithCompanions,
  refusalOf,
  requireArtefacts,
  startRun,
  type ValueToRecord,
} from "../warehouse/index.ts";

export interface Standing {
  readonly title: string;
  readonly rank: number;
  readonly of: number;
}

export interface Store {
  /** What a run of this identity recorded, if it is done. */
  recorded(identity: string): Promise<readonly ValueToRecord[] | undefined>;
  /** The ids of the runs of these identities that are on record. */
  runIds(identities: readonly string[]): Promise<readonly string[]>;
  /** Why the record would not take this run: told before it is computed. */
  refusalOf(run: RunToRecord): Promise<string | undefined>;
  /** Where a method stands on a board, if it is ranked there. */
  standing(board: string, method: string): Promise<Standing | undefined>;
  /** Answers the run's id. */
  begin(run: RunToRecord): Promise<string>;
  /** An evaluation with its results, and what came out of its work under protocols of their own. */
  record(evaluation: EvaluationToRecord, companions: readonly CompanionToRecord[]): Promise<void>;
  fail(runId: string, reason: string): Promise<void>;
  cancel(runId: string): Promise<void>;
  /** The published values of a measure, by method slug. */
  published(measure: string): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

/**
 * @param guard runs first in whatever is written, and throws where that is not to be written any more
 * @param content where the artefacts must be that a record names
 */
export function databaseStore(db: Database, guard?: Guard, content?: ContentStore): Store {
  const missing = async (sha256s: readonly string[]) => (await content?.missing(sha256s)) ?? [];
  return {
    recorded: (identity) => recordedValues(db, identity),
    runIds: async (identities) =>
      [...(await recordedRuns(db, identities)).values()].map(({ runId }) => runId),
    refusalOf: (run) => refusalOf(db, run),
    standing: async (board, method) => {
      const { title, rows } = await boardOf(db, board);
      const ranked = rows.filter(({ rank }) => rank !== null);
      const rank = ranked.find((row) => row.method.slug === method)?.rank;
      return rank == null ? undefined : { title, rank, of: ranked.length };
    },
    begin: async (run) => (await startRun(db, run, guard)).runId,
    record: (evaluation, companions) => {
      const named = artefactsNamed([evaluation, ...companions].map(recordOf));
      return recordWithCompanions(db, evaluation, companions, async (tx, ending) => {
        await guard?.(tx, ending);
        await requireArtefacts(tx, named, missing);
      });
    },
    fail: (runId, reason) => failRun(db, runId, reason, guard),
    cancel: (runId) => cancelRun(db, runId, guard),
    published: (measure) => publishedValues(db, measure),
    close: () => db.$disconnect(),
  };
}

const recordOf = (one: EvaluationToRecord | CompanionToRecord) =>
  "record" in one ? one.record : one.run.record;
