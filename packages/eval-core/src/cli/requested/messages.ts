/** What the worker hands to the process that evaluates, and what that answers. */
import type { EvaluationOutcome, EvaluationRequest } from "@transferboard/prisma";
import type { Device } from "../../runtime/index.ts";

export interface Work {
  readonly asked: EvaluationRequest;
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
