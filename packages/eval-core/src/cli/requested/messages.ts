/** What the worker hands to the process that evaluates, and what that answers. */
import type { EvaluationOutcome, EvaluationRequest, JobFound, JobWork } from "@transferboard/prisma";
import type { Device } from "../../runtime/index.ts";

export interface Work {
  readonly asked: EvaluationRequest;
  /** Which job of what was asked; undefined for all of it, or for what closes a divided evaluation. */
  readonly job: JobWork | undefined;
  /** What the jobs found that this one waited for. */
  readonly found: readonly JobFound[];
  /** Tells this attempt at the job from all others. */
  readonly attempt: string;
  /** The file of weights. */
  readonly checkpoint: string;
  /** Of the worker's folder of checkpoints: what is told names neither. */
  readonly checkpoints: string;
  readonly data: string | undefined;
  /** One that works here. */
  readonly device: Device;
  readonly threads: string | undefined;
  readonly cache: string;
}

/** An end, or why another attempt may go better. */
export type Worked = { readonly outcome: EvaluationOutcome } | { readonly again: string };
