/**
 * One attempt at a job of the queue: taken, held while its heart beats, ended or given back. What is said of an attempt that is
 * over changes nothing: its number is in every statement.
 */
import type { PgBoss } from "pg-boss";
import { z } from "zod";
import type { TransactionClient } from "../client.ts";
import { queueName, queueSchema } from "../names.ts";
import { type EvaluationOutcome, evaluationOutcome, type JobProgress, jobProgress } from "./payload.ts";
import { foundFor, type JobFound, noteTaken, type Sql } from "./plan.ts";

/** Who takes a job. */
export interface Taker {
  /** The machine, in words: for the plan, and the run's record. */
  readonly worker?: string;
  /** Who may speak for the job from then on, where that is not whoever has the database. */
  readonly holder?: string;
}

/** How an attempt ended. */
export interface End {
  readonly id: string;
  readonly attempt: number;
  readonly outcome: EvaluationOutcome;
}

export type Hold = "held" | "lost" | "cancelled";

/** An attempt at a job, by whoever says that it is theirs. Each answer says whether it still was. */
export interface Attempt {
  readonly id: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** A sign of life, with how far the job is where that is known. */
  beat(progress?: JobProgress): Promise<Hold>;
  /**
   * Keeps the attempt as it is until the transaction ends, so that what that writes is written by whoever has the job.
   * @param ending what is written is only that something ended: somebody who cancelled the job does not forbid it
   * @throws LeaseLost where the job is another's by now, or nobody's
   */
  hold(tx: TransactionClient, ending: boolean): Promise<void>;
  /** What the jobs found that this one waited for, in the plan's order; none where nothing was divided. */
  found(): Promise<readonly JobFound[]>;
  end(outcome: EvaluationOutcome): Promise<boolean>;
  /** Back to the queue, for the next worker. */
  giveBack(reason: string): Promise<boolean>;
}

/** A job in hand. */
export interface Claim extends Attempt {
  /** As it was sent, not parsed yet. */
  readonly data: unknown;
}

/** What a worker would have written belongs to a job that is no longer its own: nothing was written. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
  constructor() {
    super("the job was given to another worker, or was cancelled, meanwhile");
  }
}

/** What pg-boss answers to a command, which its types keep to themselves. */
export const commanded = z.object({ affected: z.number() });

/** The queue's own connection, and a transaction, as the plan's statements take them. */
export const sqlFrom =
  (boss: PgBoss): Sql =>
  async (text, values) =>
    (await boss.getDb().executeSql(text, values)).rows;
export const sqlOf =
  (tx: TransactionClient): Sql =>
  (text, values) =>
    tx.$queryRawUnsafe(text, ...values);

/** Takes the oldest jobs that wait, at most one for each of `takers`, and notes who has them. */
export async function takeFor(boss: PgBoss, takers: readonly Taker[]): Promise<readonly Claim[]> {
  const jobs = await boss.fetch<object>(queueName, { includeMetadata: true, batchSize: takers.length });
  const taken = jobs.map(({ id, retryCount, data }, i) => ({ id, retryCount, data, ...takers[i] }));
  const held = taken.filter(({ holder }) => holder !== undefined);
  const sql = sqlFrom(boss);
  if (held.length > 0)
    await sql(HOLD, [queueName, held.map(({ id }) => id), held.map(({ holder }) => holder)]);
  const at = new Date().toISOString();
  if (taken.length > 0)
    await noteTaken(
      sql,
      taken.map(({ id, retryCount, worker }) => ({
        id,
        taken: { attempt: retryCount + 1, worker: worker ?? null, at },
      })),
    );
  return taken.map(({ id, retryCount, data }) => ({ ...attemptOf(boss, id, retryCount), data }));
}

/** @param holder who must have it; null where that one does not */
export async function findAttempt(
  boss: PgBoss,
  id: string,
  attempt: number,
  holder?: string,
): Promise<Claim | null> {
  const [job] = await sqlFrom(boss)(HELD, [queueName, id, attempt - 1, holder ?? null]);
  return job ? { ...attemptOf(boss, id, attempt - 1), data: job.data } : null;
}

const HOLD = `update ${queueSchema}.job j set output = jsonb_build_object('holder', h.holder)
  from unnest($2::uuid[], $3::text[]) as h(id, holder) where j.name = $1 and j.id = h.id and j.state = 'active'`;

/** An attempt by its number. One that has ended keeps its outcome in the place of its holder, and is nobody's. */
const HELD = `select data from ${queueSchema}.job
  where name = $1 and id = $2::uuid and retry_count = $3 and ($4::text is null or output ->> 'holder' = $4)`;

/** As pg-boss completes a job, with an outcome for each. */
const END = `with ended as (
    select * from jsonb_to_recordset($2::text::jsonb) as e(id uuid, retry_count int, output jsonb)
  ), done as (
    update ${queueSchema}.job j set completed_on = now(), state = 'completed', output = e.output
    from ended e
    where j.name = $1 and j.id = e.id and j.state = 'active' and j.retry_count = e.retry_count
    returning j.id
  )
  select id::text from done
  union all
  select j.id::text from ended e join ${queueSchema}.job j on j.name = $1 and j.id = e.id
  where j.state = 'completed' and j.retry_count = e.retry_count and j.output = e.output`;

export async function endAll(boss: PgBoss, ends: readonly End[]): Promise<readonly boolean[]> {
  const rows = ends.map(({ id, attempt, outcome }) => ({
    ...{ id, retry_count: attempt - 1 },
    output: evaluationOutcome.parse(outcome),
  }));
  const answer = await boss.getDb().executeSql(END, [queueName, JSON.stringify(rows)]);
  const ended = new Set((answer.rows as { id: string }[]).map(({ id }) => id));
  // Those that wait for them are freed now; where this fails, by the next worker that looks, within seconds.
  await freeWaiting(boss, [...ended]).catch(() => undefined);
  return ends.map(({ id }) => ended.has(id));
}

/** A sign of life; what is known of how far the job is stands where its outcome will. */
const BEAT = `update ${queueSchema}.job
  set heartbeat_on = now(), output = case when $4::jsonb is null then output
    else jsonb_strip_nulls(jsonb_build_object('holder', output -> 'holder')) || $4::jsonb end
  where name = $1 and id = $2::uuid and state = 'active' and retry_count = $3 returning id`;

function attemptOf(boss: PgBoss, id: string, retryCount: number): Attempt {
  const attempt = { id, retryCount };
  const held = (answer: unknown) => commanded.parse(answer).affected > 0;
  return {
    id,
    attempt: retryCount + 1,
    beat: async (progress) => {
      const told = progress === undefined ? null : JSON.stringify({ progress: jobProgress.parse(progress) });
      const { rows } = await boss.getDb().executeSql(BEAT, [queueName, id, retryCount, told]);
      if (rows.length > 0) return "held";
      const [job] = await boss.findJobs<object>(queueName, { id });
      return job?.state === "cancelled" ? "cancelled" : "lost";
    },
    hold: async (tx, ending) => {
      const rows = await tx.$queryRaw<unknown[]>`
        select id from pgboss.job
        where name = ${queueName} and id = ${id}::uuid and retry_count = ${retryCount}::int
          and (state = 'active' or (${ending} and state = 'cancelled'))
        for share`;
      if (rows.length === 0) throw new LeaseLost();
    },
    found: () => foundFor(sqlFrom(boss), id),
    end: async (outcome) => (await endAll(boss, [{ id, attempt: retryCount + 1, outcome }]))[0]!,
    giveBack: async (reason) => held(await boss.fail(queueName, attempt, { message: reason })),
  };
}

/** Frees the jobs that waited for some that have ended, if any did. */
async function freeWaiting(boss: PgBoss, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const text = `select 1 from ${queueSchema}.job where name = $1 and id = any($2::uuid[]) and blocking limit 1`;
  if ((await sqlFrom(boss)(text, [queueName, ids])).length > 0) await boss.resolveFlow();
}
