/**
 * The plan of a divided evaluation: its jobs in the order they are shown, with what the queue knows of each by the same
 * id. The request itself is the last job: it waits for all others, and closes the evaluation.
 */
import { randomUUID } from "node:crypto";
import type { FlowJob } from "pg-boss";
import { z } from "zod";
import { queueName, queueSchema } from "../names.ts";
import {
  dividedJob,
  type EvaluationOutcome,
  type EvaluationRequest,
  evaluationOutcome,
  type JobProgress,
  type JobWork,
  jobProgress,
  jobWork,
} from "./payload.ts";

/** A job to be, before it has an id. */
export interface PlannedJob {
  readonly work: JobWork;
  /** For people. */
  readonly title: string;
  /** Positions of those that must have ended before it; each smaller than its own. */
  readonly after: readonly number[];
}

/** One time that a worker took a job. */
export interface Taken {
  readonly attempt: number;
  /** The worker's name; null of one that did not say. */
  readonly worker: string | null;
  readonly at: string;
}

const takings = z.array(z.object({ attempt: z.number(), worker: z.string().nullable(), at: z.string() }));

export interface EvaluationJob {
  readonly id: string;
  readonly kind: JobWork["kind"] | "CLOSING";
  readonly title: string;
  /** WAITING: for jobs that it depends on. QUEUED: for a worker. */
  readonly state: "WAITING" | "QUEUED" | "RUNNING" | "DONE" | "FAILED" | "CANCELLED";
  /** Who has it, or had it last. */
  readonly worker: string | null;
  readonly taken: readonly Taken[];
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly reason: string | null;
  /** What its worker told last, while it runs. */
  readonly progress: JobProgress | null;
}

/** What a job found that others wait for, and who did it. */
export interface JobFound {
  readonly id: string;
  readonly title: string;
  readonly work: JobWork;
  readonly outcome: EvaluationOutcome;
  readonly worker: string | null;
  readonly taken: readonly Taken[];
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** Runs SQL with $1, $2 ...; whoever calls says in which transaction. */
export type Sql = (text: string, values: unknown[]) => Promise<Record<string, unknown>[]>;

export interface Drawn {
  /** For the queue, the request last. */
  readonly flow: FlowJob[];
  /** For the table. */
  readonly rows: readonly Row[];
}

interface Row {
  readonly id: string;
  readonly position: number;
  readonly kind: EvaluationJob["kind"];
  readonly title: string;
  readonly depends_on: readonly string[];
}

/** The jobs with their ids. @param id of the request @param singletonKey its key in the queue */
export function drawPlan(
  id: string,
  request: EvaluationRequest,
  jobs: readonly PlannedJob[],
  singletonKey: string,
): Drawn {
  // Jobs of one moment are taken in the order of their ids.
  const common = randomUUID().slice(0, -12);
  const ids = jobs.map((_, position) => `${common}${position.toString(16).padStart(12, "0")}`);
  const awaited = new Set(jobs.flatMap(({ after }) => after));
  const last = ids.filter((_, position) => !awaited.has(position));
  // The quota of a token counts requests, not the jobs they make.
  const { tokenId: _, ...shared } = request;
  const flow = jobs.map(({ work, after }, i): FlowJob => {
    for (const one of after) {
      if (one >= i) throw new Error(`job ${i} of a plan waits for job ${one}, which does not come before it`);
    }
    return {
      ref: ids[i]!,
      name: queueName,
      data: dividedJob.parse({ evaluation: id, request: shared, work }),
      options: { id: ids[i]! },
      dependsOn: after.map((one) => ids[one]!),
    };
  });
  const rows = jobs.map(
    ({ work, title, after }, position): Row => ({
      ...{ id: ids[position]!, position, kind: work.kind, title },
      depends_on: after.map((one) => ids[one]!),
    }),
  );
  const closing = { ref: id, name: queueName, data: request, options: { id, singletonKey }, dependsOn: last };
  const row: Row = { id, position: jobs.length, kind: "CLOSING", title: CLOSING, depends_on: last };
  return { flow: [...flow, closing], rows: [...rows, row] };
}

/** The plan of a request that is one job. */
export const undivided = (id: string): Row => ({
  ...{ id, position: 0, kind: "DATASET", title: "Whole evaluation", depends_on: [] },
});

const CLOSING = "Final values over all datasets";

/** Puts the plan's rows where the queue's are put, in the same transaction. */
export async function insertPlan(sql: Sql, id: string, rows: readonly Row[]): Promise<void> {
  await sql(
    `insert into public.evaluation_job (id, evaluation_id, position, kind, title, depends_on)
     select r.id, $1::uuid, r.position, r.kind::public."JobKind", r.title, r.depends_on
     from jsonb_to_recordset($2::text::jsonb) as r(id uuid, position int, kind text, title text, depends_on uuid[])`,
    [id, JSON.stringify(rows)],
  );
}

/** Notes who took a job; of a request that is not divided there is nothing to note. */
export async function noteTaken(
  sql: Sql,
  jobs: readonly { readonly id: string; readonly taken: Taken }[],
): Promise<void> {
  await sql(
    `update public.evaluation_job e set taken = e.taken || jsonb_build_array(t.taken)
     from jsonb_to_recordset($1::text::jsonb) as t(id uuid, taken jsonb) where e.id = t.id`,
    [JSON.stringify(jobs)],
  );
}

const row = z.object({
  id: z.string(),
  kind: z.enum(["EXTRACTION", "PART", "DATASET", "CLOSING"]),
  title: z.string(),
  taken: takings,
  state: z.enum(["created", "retry", "active", "completed", "cancelled", "failed"]),
  blocked: z.boolean(),
  begun: z.boolean(),
  started_on: z.date().nullable(),
  completed_on: z.date().nullable(),
  data: z.unknown(),
  output: z.unknown(),
});
type Joined = z.infer<typeof row>;

/** Results may be long: who only shows the plan leaves them out. */
const joined = (where: string, output: string) => `
  select e.id::text, e.kind::text, e.title, e.taken,
    j.state::text, j.blocked, j.started_on is not null as begun, j.started_on, j.completed_on, j.data, ${output} as output
  from public.evaluation_job e join ${queueSchema}.job j on j.name = '${queueName}' and j.id = e.id
  where ${where} order by e.position`;

const WITHOUT_RESULT =
  "case when jsonb_typeof(j.output) = 'object' then j.output - 'result' else j.output end";

/** All jobs of a request; none where it was not divided. */
export async function jobsOf(sql: Sql, evaluation: string): Promise<EvaluationJob[]> {
  const rows = await sql(joined("e.evaluation_id = $1::uuid", WITHOUT_RESULT), [evaluation]);
  return rows.map((one) => standing(row.parse(one)));
}

/** What the jobs found that a job waited for, in the plan's order. */
export async function foundFor(sql: Sql, id: string): Promise<JobFound[]> {
  const awaited =
    "e.id = any(select unnest(w.depends_on) from public.evaluation_job w where w.id = $1::uuid)";
  const rows = await sql(joined(awaited, "j.output"), [id]);
  return rows.map((one) => {
    const { data, output, title, taken, started_on, completed_on } = row.parse(one);
    return {
      ...{ id: String(one.id), title, taken },
      work: jobWork.parse((data as { work?: unknown }).work),
      outcome: evaluationOutcome.parse(output),
      worker: taken.at(-1)?.worker ?? null,
      startedAt: started_on!,
      finishedAt: completed_on!,
    };
  });
}

/** Ids of a request's jobs. */
export async function jobIdsOf(sql: Sql, evaluation: string): Promise<string[]> {
  const rows = await sql("select id::text from public.evaluation_job where evaluation_id = $1::uuid", [
    evaluation,
  ]);
  return rows.map(({ id }) => String(id));
}

function standing(job: Joined): EvaluationJob {
  const outcome = job.state === "completed" ? evaluationOutcome.parse(job.output) : undefined;
  const running = job.state === "active";
  const begun = job.taken.length > 0;
  return {
    ...{ id: job.id, kind: job.kind, title: job.title, taken: job.taken },
    state: outcome?.state ?? (running ? "RUNNING" : waiting(job)),
    worker: job.taken.at(-1)?.worker ?? null,
    startedAt: begun ? job.started_on : null,
    finishedAt: job.completed_on,
    reason: outcome?.state === "FAILED" ? outcome.reason : null,
    progress: running ? (told.safeParse(job.output).data?.progress ?? null) : null,
  };
}

/** Where an outcome will stand, what is known of how far the job is. */
export const told = z.object({ progress: jobProgress });

function waiting({ state, blocked }: Joined): EvaluationJob["state"] {
  if (state === "cancelled") return "CANCELLED";
  if (state === "failed") return "FAILED";
  return blocked ? "WAITING" : "QUEUED";
}
