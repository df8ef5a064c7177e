/** What travels between a worker and the API. Both sides parse it: either may be of another version. */
import { evaluationOutcome, jobProgress } from "@transferboard/prisma";
import { z } from "zod";
import { RECORD_CALLS } from "./record-calls.ts";

/** Where all of it is, below the API's address. */
export const WORK_PATH = "/work";

/** The longest that a worker may ask to be kept waiting for a job, in seconds. */
export const MOST_WAIT_SECONDS = 20;

export const leaseAsked = z.strictObject({
  /** The machine, for the plan and the run's record. */
  worker: z.string().max(200).optional(),
  /** How long the answer may wait for a job to come. */
  waitSeconds: z.number().min(0).max(MOST_WAIT_SECONDS).default(0),
});

export const leaseGiven = z.object({
  lease: z.object({ id: z.uuid(), attempt: z.int().positive(), data: z.unknown() }).nullable(),
});

export const beatSent = z.strictObject({ progress: jobProgress.optional() });
export const beatAnswered = z.object({ state: z.enum(["held", "lost", "cancelled"]) });

export const finishSent = z.strictObject({ outcome: evaluationOutcome });
export const giveBackSent = z.strictObject({ reason: z.string().max(20_000) });
/** Whether the job still was the worker's. */
export const endAnswered = z.object({ held: z.boolean() });

export const recordSent = z.strictObject({ call: z.enum(RECORD_CALLS), value: z.unknown() });
export const recordAnswered = z.object({ answer: z.unknown() });

/** What the jobs found that a job waited for: times are text on the way. */
export const foundAnswered = z.object({
  found: z.array(z.looseObject({ startedAt: z.coerce.date(), finishedAt: z.coerce.date() })),
});

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256: 64 small hexadecimal digits");
export const missingAsked = z.strictObject({ sha256: z.array(sha256).max(1_000) });
export const missingAnswered = z.object({ missing: z.array(sha256) });
export const partsAnswered = z.object({ parts: z.array(z.object({ part: z.int(), bytes: z.int() })) });
export const uploadFinished = z.strictObject({ bytes: z.int().min(0) });

/** How the API says what went wrong. `name` tells the kind of error to whoever evaluates. */
export const refusal = z.object({
  errors: z
    .array(
      z.object({
        message: z.string(),
        extensions: z.object({ code: z.string(), name: z.string().optional() }).optional(),
      }),
    )
    .min(1),
});
