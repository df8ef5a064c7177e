/**
 * Where evaluations are recorded: what the command needs of the warehouse, so that it also works without one.
 * A run begins as RUNNING and ends as DONE, with its results in the same transaction, or as FAILED with its reason.
 */

import type { Checkpoint } from "../../checkpoints/index.ts";
import type { Planned } from "../../protocols/evaluate.ts";
import type { Evaluation, MeasuredValue } from "../../protocols/evaluation.ts";

export interface RunDescription {
  readonly planned: Planned;
  readonly checkpoint: Checkpoint;
  readonly method: { readonly slug: string; readonly name: string | undefined };
  readonly device: string;
  readonly versions: Readonly<Record<string, string>>;
}

export interface Recorder {
  /** The values that a run of this identity recorded, if it is done. */
  recorded(
    identity: string,
  ): Promise<readonly Pick<MeasuredValue, "measure" | "value" | "interval" | "n">[] | undefined>;
  begin(run: RunDescription): Promise<void>;
  finish(run: RunDescription, evaluation: Evaluation, startedAt: Date): Promise<void>;
  fail(run: RunDescription, reason: string): Promise<void>;
  /** The published values of a measure, by method slug. */
  published(measure: string): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}
