/**
 * What a worker does with the queue, whichever way it reaches it: lease a job, show signs of life, read and write what the job
 * needs of the record, finish it or give it back. A lease is one attempt at a job: once the job is another's, nothing
 * that is said under the old lease changes anything.
 */
import type {
  Claim,
  Database,
  EvaluationOutcome,
  EvaluationQueue,
  Hold,
  JobFound,
  JobProgress,
} from "@transferboard/prisma";
import type { ContentStore } from "../artefacts/index.ts";
import { artefactsIn, type LeaseArtefacts } from "./lease-artefacts.ts";
import { databaseStore, type Store } from "./store.ts";

export interface Lease {
  readonly id: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** What is to be done, as it was sent, not parsed yet. */
  readonly data: unknown;
  /** The record, within this lease: what is written once the job is another's is refused with LeaseLost. */
  readonly store: Store;
  /** Files to and from where artefacts are kept. */
  readonly artefacts: LeaseArtefacts;
  /** A sign of life, with how far the job is where that is known. */
  beat(progress?: JobProgress): Promise<Hold>;
  /** What the jobs found that this one waited for, in the plan's order; none where nothing was divided. */
  found(): Promise<readonly JobFound[]>;
  /** How it ended, for good. False where the job was no longer ours. */
  finish(outcome: EvaluationOutcome): Promise<boolean>;
  /** Back to the queue, for the next worker. False where the job was no longer ours. */
  giveBack(reason: string): Promise<boolean>;
}

export interface JobSource {
  /** The oldest job that waits, if any does. It may take a while to say that none does. */
  lease(signal?: AbortSignal): Promise<Lease | null>;
  close(): Promise<void>;
}

export interface DatabaseSourceOptions {
  /** Who takes the jobs, for the plan and the run's record. */
  readonly worker?: string;
  /** Where artefacts are kept; on this machine alone unless told. */
  readonly content?: ContentStore | undefined;
}

/** Jobs by the database itself. It closes neither; whoever opened them does. */
export function databaseSource(
  queue: EvaluationQueue,
  db: Database,
  { worker, content }: DatabaseSourceOptions = {},
): JobSource {
  return {
    async lease() {
      const claim = await queue.take(worker);
      return claim && leaseOf(claim, db, content);
    },
    close: async () => undefined,
  };
}

/** What a claim on the queue allows, with the record. What the record names must be in `content`, where there is one. */
export function leaseOf(claim: Claim, db: Database, content?: ContentStore): Lease {
  const { id, attempt, data } = claim;
  return {
    ...{ id, attempt, data },
    store: databaseStore(db, claim.hold, content),
    artefacts: artefactsIn(content, id),
    beat: claim.beat,
    found: claim.found,
    finish: claim.end,
    giveBack: claim.giveBack,
  };
}
