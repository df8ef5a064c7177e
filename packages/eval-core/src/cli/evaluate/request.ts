/** What is asked of `transferboard evaluate`, parsed once and not changed afterwards. */
import type { Checkpoint } from "../../backbones/index.ts";
import type { JsonRecord } from "../../evaluations/evaluation.ts";
import type { GivenOptions } from "../../evaluations/options.ts";
import type { Setting } from "../../evaluations/settings.ts";
import type { Preprocessing } from "../../images/index.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import type { MethodToRecord } from "../../warehouse/index.ts";

/** One column to fill: a setting on a dataset. */
export interface Target {
  readonly setting: Setting;
  /** A name that the kind's data source knows. */
  readonly dataset: string;
  /** The slug of the backbone's readout that is evaluated. */
  readonly readout: string;
}

export interface EvaluateRequest {
  readonly checkpoint: Checkpoint;
  readonly method: MethodToRecord;
  readonly targets: readonly Target[];
  /** All readouts that are evaluated, by slug; one pass over the images makes them all. */
  readonly readouts: readonly string[];
  /** The suite that the targets are of. */
  readonly suite: string | undefined;
  /** Suites that show what is asked for together. */
  readonly boards?: readonly string[];
  /** Whether a target whose data is not here, or that fails, leaves the others to go on. */
  readonly several: boolean;
  /** Where datasets are; those that ship need none. */
  readonly data: string | undefined;
  readonly allowPartial: boolean;
  readonly preprocessing: Preprocessing;
  readonly device: DeviceChoice;
  readonly threads: number | undefined;
  readonly cacheFolder: string;
  readonly seed: number;
  readonly skipUnreadable: boolean;
  /** As a run of its own, whatever is recorded; a text names that run, so that it is made once. */
  readonly again: boolean | string;
  /** The account that asked for it; nobody where it was asked for here. */
  readonly requestedById?: number;
  /** What was found elsewhere of the parts that the only target divides into, by their number, for the run of an identity. */
  readonly parts?: (identity: string) => ReadonlyMap<number, JsonRecord>;
  /** Tells the unfinished work of this attempt from that of others, which may still run. */
  readonly attempt?: string;
}

/** The options of `transferboard evaluate`. */
export interface EvaluateOptions {
  readonly checkpoint?: string;
  readonly method?: string;
  readonly methodName?: string;
  /** Not an option of the command: the demo's is a control. */
  readonly family?: MethodToRecord["family"];
  readonly features?: string;
  readonly dataset?: string;
  readonly suite?: string;
  /** Not an option of the command: what a queue asks for in place of a dataset or a suite. */
  readonly measure?: string;
  readonly data?: string;
  readonly allowPartial?: boolean;
  readonly protocol: string;
  /** The evaluation's own options, by key. */
  readonly given: GivenOptions;
  readonly metric?: string;
  readonly logits?: string;
  readonly seed: string;
  readonly preprocessing?: string;
  /** Slugs with commas between, or "all". */
  readonly readout?: string;
  readonly normalisation?: string;
  readonly prefix?: string;
  readonly ignore?: readonly string[];
  readonly device: string;
  readonly threads?: string;
  readonly cache?: string;
  readonly skipUnreadable?: boolean;
  readonly record: boolean;
  /** Where results go in place of the database here. */
  readonly server?: string;
  readonly token?: string;
  readonly source?: string;
  readonly methodFile?: string;
  readonly again?: boolean;
  readonly resume?: boolean;
  readonly dryRun?: boolean;
  /** Let the workers of the queue do it. */
  readonly distribute?: boolean;
  readonly json?: boolean;
}
