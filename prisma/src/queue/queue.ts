/**
 * The queue of evaluations, over pg-boss in this database. Any number of machines share it: a job belongs to whoever
 * took it for as long as its heart beats, and what a worker says of a job that is no longer its own changes nothing.
 */
import { createHash, randomUUID } from "node:crypto";
import { canonicalJson } from "@transferboard/vocabulary/canonical-json";
import { fromPrisma, type JobWithMetadata, PgBoss } from "pg-boss";
import { z } from "zod";
import { applicationUrl, type TransactionClient } from "../client.ts";
import { queueName, queueSchema } from "../names.ts";
import {
  type Claim,
  commanded,
  type End,
  endAll,
  findAttempt,
  sqlFrom,
  sqlOf,
  type Taker,
  takeFor,
} from "./attempts.ts";
import {
  dividedJob,
  type EvaluationRequest,
  evaluationOutcome,
  evaluationRequest,
  type JobProgress,
} from "./payload.ts";
import {
  drawPlan,
  type EvaluationJob,
  insertPlan,
  jobIdsOf,
  jobsOf,
  type PlannedJob,
  told,
  undivided,
} from "./plan.ts";

const DAY_SECONDS = 24 * 3600;
/** How often a job may be begun again after a worker that died or gave it back. */
const RETRIES = 10;
/** A job whose worker has been silent for this long is given to another: the least that pg-boss takes. */
const HEARTBEAT_SECONDS = 10;
/** How often is looked for silent workers: with the heartbeat, a death is noticed within 15 s. */
const SUPERVISE_SECONDS = 2;

export interface QueueOptions {
  /** Look after jobs of dead workers from here: what workers do. */
  supervise?: boolean;
  /** Connections at most; 2 unless told. */
  connections?: number;
  applicationName?: string;
  /** Told of what goes wrong in the background; the next call tries again. */
  onError?: (error: Error) => void;
}

/** A request as it stands. */
export interface RequestedEvaluation {
  readonly id: string;
  readonly state: "QUEUED" | "RUNNING" | "DONE" | "FAILED" | "CANCELLED";
  readonly request: EvaluationRequest;
  /** Why it failed. */
  readonly reason: string | null;
  readonly notes: readonly string[];
  /** Ids of the runs that it made. */
  readonly runs: readonly string[];
  /** How often a worker has taken it. */
  readonly attempts: number;
  /** What its worker told last, while it runs. */
  readonly progress: JobProgress | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface Asked {
  readonly id: string;
  readonly isNew: boolean;
}

export interface EvaluationQueue {
  /** Within a transaction, the request is there when and only when that commits. Answers its id. */
  send(request: EvaluationRequest, tx?: TransactionClient): Promise<string>;
  /** The same of a request that is divided into jobs; with none it is as if it were sent. */
  divide(request: EvaluationRequest, jobs: readonly PlannedJob[], tx: TransactionClient): Promise<string>;
  /**
   * As `send`, unless the account has asked for the same already and that waits, runs or is done: then that one's id.
   * What failed or was cancelled may be asked for again. The transaction must read what others have committed
   * meanwhile (read committed).
   * @param jobs that it is divided into
   * @returns null where the token has `quota` requests waiting or running
   */
  ask(
    request: EvaluationRequest,
    quota: number,
    tx: TransactionClient,
    jobs?: readonly PlannedJob[],
  ): Promise<Asked | null>;
  find(id: string): Promise<RequestedEvaluation | null>;
  /** The jobs of a request, itself the last; none where it was sent without a plan. */
  plan(id: string): Promise<readonly EvaluationJob[]>;
  /** Ends a request that waits or runs; its worker notices within seconds. False where it had ended. */
  cancel(id: string, tx: TransactionClient): Promise<boolean>;
  /** The oldest job that waits, if any does. @param worker who takes it: for the plan, and the run's record */
  take(worker?: string): Promise<Claim | null>;
  /** As many as wait, at most one for each, in order. */
  takeFor(takers: readonly Taker[]): Promise<readonly Claim[]>;
  /** An attempt that was taken here or elsewhere, by `holder` where one is named: null where that one does not have it. */
  attempt(id: string, attempt: number, holder?: string): Promise<Claim | null>;
  /** Ends several at once. Answers of each whether it still was whoever's that says so, or has ended so before. */
  endAll(ends: readonly End[]): Promise<readonly boolean[]>;
  close(): Promise<void>;
}

/** Connects with the first call, and again after one that failed. */
export function openQueue(url: string, options: QueueOptions = {}): EvaluationQueue {
  let started: Promise<PgBoss> | undefined;
  const boss = () => {
    started ??= start(url, options).catch((error: unknown) => {
      started = undefined;
      throw error;
    });
    return started;
  };
  const takeAll = async (takers: readonly Taker[]) => {
    const running = await boss();
    const claims = await takeFor(running, takers);
    if (claims.length === 0) await endGivenUp(running);
    return claims;
  };
  return {
    send: async (request, tx) => sendTo(await boss(), request, tx),
    divide: async (request, jobs, tx) => divideTo(await boss(), request, jobs, tx),
    async ask(request, quota, tx, jobs = []) {
      const running = await boss();
      // One after the other for each account: two requests at once would both find nothing.
      await tx.$executeRaw`select pg_advisory_xact_lock(${LOCKS}::int, ${request.requestedById ?? 0}::int)`;
      const same = await sameAs(request, tx);
      if (same) return { id: same, isNew: false };
      if (request.tokenId !== undefined && (await underWay(request.tokenId, tx)) >= quota) return null;
      return { id: await divideTo(running, request, jobs, tx), isNew: true };
    },
    async cancel(id, tx) {
      const running = await boss();
      const db = fromPrisma(tx);
      const answer = await running.cancel(queueName, id, { db });
      if (commanded.parse(answer).affected === 0) return false;
      const parts = await jobIdsOf(sqlOf(tx), id);
      if (parts.length > 0) await running.cancel(queueName, parts, { db });
      return true;
    },
    async find(id) {
      const running = await boss();
      const [job] = await running.findJobs<object>(queueName, { id });
      // A job of a plan is no request.
      if (!job || dividedJob.safeParse(job.data).success) return null;
      return job.state === "created"
        ? begunBy(standing(job), await jobsOf(sqlFrom(running), id))
        : standing(job);
    },
    plan: async (id) => jobsOf(sqlFrom(await boss()), id),
    take: async (worker) => (await takeAll([worker === undefined ? {} : { worker }]))[0] ?? null,
    takeFor: takeAll,
    attempt: async (id, attempt, holder) => findAttempt(await boss(), id, attempt, holder),
    endAll: async (ends) => endAll(await boss(), ends),
    async close() {
      const running = await started?.catch(() => undefined);
      started = undefined;
      await running?.stop({ graceful: false });
    },
  };
}

async function sendTo(boss: PgBoss, request: EvaluationRequest, tx?: TransactionClient): Promise<string> {
  const data = evaluationRequest.parse(request);
  const options = { singletonKey: keyOf(data), ...(tx ? { db: fromPrisma(tx) } : {}) };
  const id = await boss.send(queueName, data, options);
  if (id === null) throw new Error("The queue did not take the request.");
  return id;
}

async function divideTo(
  boss: PgBoss,
  request: EvaluationRequest,
  jobs: readonly PlannedJob[],
  tx: TransactionClient,
): Promise<string> {
  if (jobs.length === 0) {
    const whole = await sendTo(boss, request, tx);
    await insertPlan(sqlOf(tx), whole, [undivided(whole)]);
    return whole;
  }
  const data = evaluationRequest.parse(request);
  const id = randomUUID();
  const { flow, rows } = drawPlan(id, data, jobs, keyOf(data));
  // Several statements at once, whose answers nobody reads and Prisma's query could not.
  const executeSql = (text: string) => tx.$executeRawUnsafe(text).then(() => ({ rows: [] }));
  await boss.flow(flow, { db: { executeSql } });
  await insertPlan(sqlOf(tx), id, rows);
  return id;
}

/** A request whose jobs have begun runs, though its own turn comes last. */
function begunBy(request: RequestedEvaluation, jobs: readonly EvaluationJob[]): RequestedEvaluation {
  const times = jobs.flatMap(({ taken }) => taken.slice(0, 1).map(({ at }) => Date.parse(at)));
  if (times.length === 0) return request;
  return { ...request, state: "RUNNING", startedAt: new Date(Math.min(...times)) };
}

/**
 * A job of a plan that was begun too often fails, and those that wait for it must hear so: pg-boss alone would leave
 * them waiting for ever.
 */
async function endGivenUp(boss: PgBoss): Promise<void> {
  const rows = await sqlFrom(boss)(
    `select id::text from ${queueSchema}.job where name = $1 and state = 'failed' and blocking`,
    [queueName],
  );
  for (const id of rows.map((row) => String(row.id))) {
    const [job] = await boss.findJobs<object>(queueName, { id });
    if (job?.state !== "failed") continue;
    const outcome = { state: "FAILED", reason: reasonOf(job) ?? "Given up.", runs: [], notes: [] } as const;
    await boss.retry(queueName, id);
    await boss.complete(queueName, id, outcome, { includeQueued: true });
  }
  if (rows.length > 0) await boss.resolveFlow();
}

/** The same for the same question of the same account, whichever of its tokens asks. */
const keyOf = ({ tokenId: _, ...asked }: EvaluationRequest): string =>
  createHash("sha256").update(canonicalJson(asked)).digest("hex");

/** Of the advisory locks that `ask` takes; the second key is the account. */
const LOCKS = 0x65_76_61_6c;

async function sameAs(request: EvaluationRequest, tx: TransactionClient): Promise<string | undefined> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select id::text from pgboss.job
    where name = ${queueName} and singleton_key = ${keyOf(evaluationRequest.parse(request))}
      and (state < 'completed' or (state = 'completed' and output ->> 'state' = 'DONE'))
    order by created_on limit 1`;
  return rows[0]?.id;
}

/** How many requests of a token wait or run. */
async function underWay(tokenId: string, tx: TransactionClient): Promise<number> {
  const rows = await tx.$queryRaw<{ count: bigint }[]>`
    select count(*) from pgboss.job
    where name = ${queueName} and state < 'completed' and data ->> 'tokenId' = ${tokenId}`;
  return Number(rows[0]?.count ?? 0);
}

async function start(url: string, options: QueueOptions): Promise<PgBoss> {
  const { supervise = false, connections = 2, applicationName, onError } = options;
  const boss = new PgBoss({
    connectionString: applicationUrl(url),
    application_name: applicationName ?? "transferboard queue",
    max: connections,
    connectionTimeoutMillis: 10_000,
    schema: queueSchema,
    createSchema: false,
    schedule: false,
    registerInstance: false,
    supervise,
    ...(supervise && {
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
    }),
  });
  boss.on("error", (error) => onError?.(error));
  try {
    await boss.start();
    await boss.createQueue(queueName, {
      heartbeatSeconds: HEARTBEAT_SECONDS,
      retryLimit: RETRIES,
      retryDelay: 0,
      // As long as pg-boss allows: the heartbeat tells who is alive. What takes longer goes on from its cache.
      expireInSeconds: DAY_SECONDS - 1,
      retentionSeconds: 365 * DAY_SECONDS,
      deleteAfterSeconds: 365 * DAY_SECONDS,
    });
    // One that an earlier version made waits longer.
    await boss.updateQueue(queueName, { heartbeatSeconds: HEARTBEAT_SECONDS });
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => undefined);
    throw error;
  }
  return boss;
}

function standing(job: JobWithMetadata): RequestedEvaluation {
  const { id, data, retryCount, startedOn, createdOn, completedOn } = job;
  const outcome = job.state === "completed" ? evaluationOutcome.parse(job.output) : undefined;
  const begun = job.state !== "created";
  return {
    id,
    state: outcome?.state ?? STATES[job.state],
    request: evaluationRequest.parse(data),
    reason: outcome?.state === "FAILED" ? outcome.reason : reasonOf(job),
    notes: outcome?.notes ?? [],
    runs: outcome?.runs ?? [],
    attempts: begun ? retryCount + 1 : 0,
    progress: job.state === "active" ? (told.safeParse(job.output).data?.progress ?? null) : null,
    createdAt: createdOn,
    startedAt: begun ? startedOn : null,
    finishedAt: completedOn,
  };
}

const STATES = {
  created: "QUEUED",
  retry: "QUEUED",
  active: "RUNNING",
  completed: "DONE",
  cancelled: "CANCELLED",
  failed: "FAILED",
} as const satisfies Record<JobWithMetadata["state"], RequestedEvaluation["state"]>;

/** Of a job that ended without an outcome: for good, or until another worker takes it. */
function reasonOf({ state, retryCount, output }: JobWithMetadata): string | null {
  if (state !== "failed" && state !== "retry") return null;
  const failed = z.object({ message: z.string() }).safeParse(output);
  const last = failed.success ? failed.data.message.replace(/\.$/, "") : "its worker died";
  return state === "failed"
    ? `Given up after ${retryCount + 1} attempts; the last: ${last}.`
    : `The last attempt ended early: ${last}. It waits for another.`;
}
