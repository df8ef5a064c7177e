/**
 * What travels through the queue of evaluations: the request, the jobs it is divided into, and how each ended. The API and the worker both parse it,
 * so that neither has to trust what the other, perhaps of another version, has written.
 */
import { z } from "zod";

const slug = z
  .string()
  .regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/, "expected small letters and digits, parted by single hyphens or dots")
  .max(100);

/** What to evaluate on: every dataset of a suite, or the one that a measure names. */
const target = z.union([
  z.strictObject({ suite: slug }),
  z.strictObject({
    measure: z
      .string()
      .max(300)
      .regex(/^[a-z0-9.-]+\/[a-z0-9.-]+\/[a-z0-9.-]+$/, "expected setting/dataset/metric"),
  }),
]);

export const evaluationRequest = z.strictObject({
  /** SHA-256 of the file of weights, in small hexadecimal digits. */
  checkpoint: z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256: 64 small hexadecimal digits"),
  /** The method's slug. */
  method: slug,
  target,
  /** How a solver ends; evaluations that have no such choice ignore the usual one. */
  mode: z.enum(["converged", "paper-exact"]),
  /** The evaluation's own options by key, as text: each evaluation's table says what they may be. */
  options: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,40}$/), z.string().max(300)).optional(),
  preprocessing: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/, "expected a preprocessing's name, such as imagenet-shorter-224"),
  seed: z.int().min(0),
  /** The account that asked; nobody where an operator did, on this machine. */
  requestedById: z.int().positive().optional(),
  /** The token that the account asked with, which has a quota. */
  tokenId: z.uuid().optional(),
});
export type EvaluationRequest = z.infer<typeof evaluationRequest>;

const count = z.int().min(0).max(100_000);
/** One column to fill. */
const column = { setting: slug, dataset: slug };

/** What a job of a divided evaluation does; the one that closes it is the request itself. */
export const jobWork = z.discriminatedUnion("kind", [
  /** One of several equal shares of the features that the evaluation reads. */
  z.strictObject({ kind: z.literal("EXTRACTION"), ...column, share: count, of: count }),
  /** One of the parts into which the evaluation divides, such as a configuration of a grid. */
  z.strictObject({ kind: z.literal("PART"), ...column, part: count }),
  /** The evaluation on one dataset, from its parts where it has such. */
  z.strictObject({ kind: z.literal("DATASET"), ...column }),
]);
export type JobWork = z.infer<typeof jobWork>;

/** A job of a divided evaluation, as it travels. */
export const dividedJob = z.strictObject({
  /** Id of the request that it is of. */
  evaluation: z.uuid(),
  request: evaluationRequest,
  work: jobWork,
});
export type DividedJob = z.infer<typeof dividedJob>;

/** Whatever a worker is given: a request, or a job of one. */
export const jobAsSent = z.union([
  dividedJob.transform(({ request, work }) => ({ request, work })),
  evaluationRequest.transform((request) => ({ request, work: undefined })),
]);

const runs = z.array(z.uuid());
const notes = z.array(z.string());

/** What a job hands to those that wait for it: plain JSON that only they understand. */
const result = z.unknown();

/** How a request or a job ended. A failure that another attempt could mend is not an end: the queue tries again. */
export const evaluationOutcome = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("DONE"), runs, notes, result: result.optional() }),
  z.strictObject({ state: z.literal("FAILED"), reason: z.string(), runs, notes, result: result.optional() }),
]);
export type EvaluationOutcome = z.infer<typeof evaluationOutcome>;

/** How far a job is, as its worker tells it with its heartbeat. */
export const jobProgress = z.strictObject({
  /** What is being done, in words. */
  what: z.string().max(300),
  done: z.number().min(0).optional(),
  total: z.number().min(0).optional(),
  secondsLeft: z.number().min(0).optional(),
});
export type JobProgress = z.infer<typeof jobProgress>;
