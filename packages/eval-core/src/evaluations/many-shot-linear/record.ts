/** What the many-shot linear protocol takes and what it records. */

import type { LinearTask } from "../../probe/loss.ts";
import type { FitStatus } from "../../probe/solve.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import type { AnyTensor, Tensor } from "../../tensor/index.ts";

export type { LinearTask } from "../../probe/loss.ts";
export type { FitStatus } from "../../probe/solve.ts";
export type LinearMetric = "accuracy" | "mean-per-class-accuracy" | "map11";
export type LinearMode = "converged" | "paper-exact";

export interface LinearSplit {
  /** samples x features */
  readonly x: Tensor<"float32">;
  /** Class indices (samples), or 0 and 1 (samples x classes) for multi-label. */
  readonly y: AnyTensor;
}

export interface SweepPoint {
  readonly weightDecay: number;
  /** Sum of losses + weightDecay/2 ||W||^2 on train, in float64. */
  readonly objective: number;
  /** The metric on val, in percent. */
  readonly validation: number;
  /** Conjugate gradients' in the mode converged, L-BFGS' in paper-exact: two products each. */
  readonly iterations: number;
  /** Of these, those that float32 was not exact enough for; all of them in the mode paper-exact. */
  readonly iterationsInFloat64: number;
  /** The largest absolute component of the gradient, in float64. */
  readonly gradientNorm: number;
  readonly status: FitStatus;
}

/** Everything needed to go on after an interruption with the same numbers; arrays are to be kept exactly. */
export interface LinearState {
  /** Identifies data and protocol: a state of others is refused. */
  readonly key: string;
  /** Finished values, in the order they were solved. */
  readonly sweep: readonly SweepPoint[];
  /** The newest solutions, newest first: what the next value starts from. */
  readonly solutions: readonly Float64Array[];
}

export interface LinearProgress {
  readonly phase: "sweep" | "refit" | "test";
  readonly done: number;
  readonly total: number;
  /** The value that was just finished. */
  readonly point?: SweepPoint;
  /** The refit's iterations so far: how many it takes is not known before. */
  readonly iterations?: number;
}

export interface LinearOptions {
  readonly train: LinearSplit;
  readonly val: LinearSplit;
  readonly test: LinearSplit;
  readonly classes: number;
  readonly task: LinearTask;
  readonly metric: LinearMetric;
  /** `converged` unless told. */
  readonly mode?: LinearMode;
  /** `auto` unless told. */
  readonly device?: DeviceChoice;
  readonly onProgress?: (progress: LinearProgress) => void;
  readonly signal?: AbortSignal;
  readonly checkpoint?: {
    readonly state?: LinearState | undefined;
    readonly save: (state: LinearState) => Promise<void> | void;
  };
}

export interface Refit {
  readonly objective: number;
  readonly iterations: number;
  readonly iterationsInFloat64: number;
  readonly gradientNorm: number;
  readonly status: FitStatus;
}

export interface LinearScores {
  /** Percent; null where the task has no such score. */
  readonly accuracy: number | null;
  readonly "mean-per-class-accuracy": number | null;
  readonly map11: number | null;
}

export interface LinearRecord {
  /** The canonical description of how the number came about; its fingerprint is what makes results comparable. */
  readonly protocol: LinearProtocol;
  /** In ascending order of weight decay. */
  readonly sweep: readonly SweepPoint[];
  readonly chosen: number;
  readonly refit: Refit;
  readonly test: {
    readonly score: number;
    /** 95%; null where it cannot be told. */
    readonly interval: { readonly lower: number; readonly upper: number } | null;
    readonly n: number;
    readonly allScores: LinearScores;
  };
  /** samples x classes */
  readonly testLogits: Tensor<"float64">;
  readonly testLabels: AnyTensor;
  /** Sentences about what did not go as it should: fits that did not converge. */
  readonly warnings: readonly string[];
}

export interface LinearProtocol {
  readonly evaluation: "many-shot-linear";
  readonly version: 1;
  readonly task: LinearTask;
  readonly metric: LinearMetric;
  readonly classifier: string;
  readonly objective: string;
  readonly weightDecays: {
    readonly from: number;
    readonly to: number;
    readonly count: number;
    readonly scale: "log";
  };
  readonly selection: string;
  readonly refit: "train+val";
  readonly solver: Readonly<Record<string, string | number | boolean>>;
}
