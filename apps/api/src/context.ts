/** What resolvers of one request share. Whatever costs a statement is asked for when it is needed, and once. */
import type { EvaluationQueue } from "@transferboard/prisma";
import type { Logger } from "pino";
import type { Database } from "./database/database.ts";
import type { Viewer } from "./modules/account/viewer.ts";
import type { Snapshot } from "./modules/catalogue/load.ts";
import type { LedgerCache } from "./modules/ledger/cache.ts";
import type { PredictionStore } from "./modules/predictions/store.ts";
import type { StatisticsPool } from "./statistics/pool.ts";

export interface Context {
  readonly db: Database;
  readonly ledger: LedgerCache;
  readonly statistics: StatisticsPool;
  /** The files that evaluations keep. */
  readonly predictions: PredictionStore;
  /** Aborted when the asker is gone before the answer: nobody computes on. */
  readonly signal: AbortSignal;
  /** Takes more points of the sender's minute than the one that every request takes. @throws CallerError RATE_LIMITED */
  readonly charge: (points: number) => void;
  /**
   * Of evaluations for our own workers; connects when it is first used. How far they are changes without an audit
   * event, so what is answered after asking for it is an answer of the moment.
   */
  readonly queue: () => EvaluationQueue;
  /** Whether anything was read that changes without an audit event: such an answer is not remembered. */
  readonly isOfTheMoment: () => boolean;
  readonly log: Logger;
  readonly requestId: string;
  readonly siteUrl: string;
  /** The header as it came. */
  readonly authorization: string | undefined;
  /** Where the ledger stands, and the catalogue of that moment: the same for the whole request. */
  readonly snapshot: Once<Snapshot>;
  /** Null without a token. Throws on a token that does not hold. */
  readonly viewer: () => Promise<Viewer | null>;
}

/** Calls `make` at the first call and remembers its promise. */
export interface Once<T> {
  (): Promise<T>;
  /** The promise, where there was a first call. */
  made(): Promise<T> | undefined;
}

export function once<T>(make: () => Promise<T>): Once<T> {
  let promise: Promise<T> | undefined;
  const call = () => {
    promise ??= make();
    return promise;
  };
  return Object.assign(call, { made: () => promise });
}
