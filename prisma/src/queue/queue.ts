/**
 * The queue of evaluations, over pg-boss in this database. Any number of machines share it: a job belongs to whoever
 * took it for as long as its heart beats, and what a worker says of a job that is no longer its own changes nothing.
 */
import { fromPrisma, type JobWithMetadata, PgBoss } from "pg-boss";
import { z } from "zod";
import { applicationUrl, type TransactionClient } from "../client.ts";
import { queueSchema } from "../names.ts";
import {
  type EvaluationOutcome,
  type EvaluationRequest,
  evaluationOutcome,
  evaluationRequest,
} from "./payload.ts";

const QUEUE = "evaluations";
const DAY_SECONDS = 24 * 3600;
/** How often a job may be begun again after a worker that died or gave it back. */
const RETRIES = 10;

export interface QueueOptions {
  /** A job whose worker has been silent for this long is given to another; at least 10. Set when the queue is made. */
  heartbeatSeconds?: number;
  /** Look after jobs of dead workers from here: what workers do. */
  supervise?: boolean;
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
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** A job in hand. Each answer says whether it still was ours. */
export interface Claim {
  readonly id: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** As it was sent, not parsed yet. */
  readonly data: unknown;
  readonly heartbeatSeconds: number;
  beat(): Promise<boolean>;
  end(outcome: EvaluationOutcome): Promise<boolean>;
  /** Back to the queue, for the next worker. */
  giveBack(reason: string): Promise<boolean>;
}

export interface EvaluationQueue {
  /** Within a transaction, the request is there when and only when that commits. Answers its id. */
  send(request: EvaluationRequest, tx?: TransactionClient): Promise<string>;
  find(id: string): Promise<RequestedEvaluation | null>;
  /** The oldest job that waits, if any does. */
  take(): Promise<Claim | null>;
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
  return {
    async send(request, tx) {
      const data = evaluationRequest.parse(request);
      const id = await (await boss()).send(QUEUE, data, tx ? { db: fromPrisma(tx) } : {});
      if (id === null) throw new Error("The queue did not take the request.");
      return id;
    },
    async find(id) {
      const [job] = await (await boss()).findJobs<object>(QUEUE, { id });
      return job ? standing(job) : null;
    },
    async take() {
      const running = await boss();
      const [job] = await running.fetch<object>(QUEUE, { includeMetadata: true });
      return job ? claimOf(running, job) : null;
    },
    async close() {
      const running = await started?.catch(() => undefined);
      started = undefined;
      await running?.stop({ graceful: false });
    },
  };
}

async function start(url: string, options: QueueOptions): Promise<PgBoss> {
  const { heartbeatSeconds = 30, supervise = false, applicationName, onError } = options;
  const boss = new PgBoss({
    connectionString: applicationUrl(url),
    application_name: applicationName ?? "transferboard queue",
    max: 2,
    connectionTimeoutMillis: 10_000,
    schema: queueSchema,
    createSchema: false,
    schedule: false,
    registerInstance: false,
    supervise,
    ...(supervise && { superviseIntervalSeconds: 5, monitorIntervalSeconds: 5 }),
  });
  boss.on("error", (error) => onError?.(error));
  try {
    await boss.start();
    await boss.createQueue(QUEUE, {
      heartbeatSeconds,
      retryLimit: RETRIES,
      retryDelay: 0,
      // As long as pg-boss allows: the heartbeat tells who is alive. What takes longer goes on from its cache.
      expireInSeconds: DAY_SECONDS - 1,
      retentionSeconds: 365 * DAY_SECONDS,
      deleteAfterSeconds: 365 * DAY_SECONDS,
    });
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => undefined);
    throw error;
  }
  return boss;
}

/** What pg-boss answers to a command, which its types keep to themselves. */
const commanded = z.object({ affected: z.number() });

function claimOf(boss: PgBoss, { id, retryCount, data, heartbeatSeconds }: JobWithMetadata): Claim {
  const attempt = { id, retryCount };
  const held = (answer: unknown) => commanded.parse(answer).affected > 0;
  return {
    id,
    attempt: retryCount + 1,
    data,
    heartbeatSeconds: heartbeatSeconds ?? 30,
    beat: async () => held(await boss.touch(QUEUE, attempt)),
    end: async (outcome) => held(await boss.complete(QUEUE, attempt, evaluationOutcome.parse(outcome))),
    giveBack: async (reason) => held(await boss.fail(QUEUE, attempt, { message: reason })),
  };
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
  const told = z.object({ message: z.string() }).safeParse(output);
  const last = told.success ? told.data.message.replace(/\.$/, "") : "its worker died";
  return state === "failed"
    ? `Given up after ${retryCount + 1} attempts; the last: ${last}.`
    : `The last attempt ended early: ${last}. It waits for another.`;
}
