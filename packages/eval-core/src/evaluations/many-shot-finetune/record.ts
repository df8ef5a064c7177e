/** What fine-tuning finds out, and what it says on the way. */
import type { LossKind } from "../../training/model.ts";
import type { FinetuneConfiguration, FinetuneSettings } from "./protocol.ts";

export interface FinishedConfiguration {
  readonly configuration: FinetuneConfiguration;
  /** Percent; null where it diverged. */
  readonly validation: number | null;
  /** Why it was stopped; absent where it ran to its end. */
  readonly diverged?: string;
  /** The loss of every step. */
  readonly losses: readonly number[];
}

export interface FinetuneRecord {
  readonly settings: FinetuneSettings;
  readonly seed: number;
  readonly device: string;
  readonly loss: LossKind;
  readonly classes: number;
  readonly sizes: { readonly train: number; readonly val: number; readonly test: number };
  /** In the grid's order. */
  readonly search: readonly FinishedConfiguration[];
  readonly chosen: FinetuneConfiguration;
  readonly refit: {
    readonly losses: readonly number[];
    /** Of every step. */
    readonly learningRates: readonly number[];
    readonly weightsSha256: string;
  };
  readonly test: {
    /** Percent. */
    readonly score: number;
    readonly interval: { readonly lower: number; readonly upper: number } | null;
    readonly n: number;
  };
  /** images x classes */
  readonly testLogits: { readonly shape: readonly number[]; readonly data: Float64Array };
  /** One a test image; for several labels an image, 0 or 1 a class. */
  readonly testLabels: Int32Array;
  readonly warnings: readonly string[];
}

export type FinetuneProgress =
  | { readonly phase: "estimate"; readonly secondsPerStep: number; readonly seconds: number }
  | {
      readonly phase: "search" | "refit";
      /** Which configuration, counted from 0, of how many; the refit is one more. */
      readonly configuration: number;
      readonly configurations: number;
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      /** Percent of this batch; undefined for several labels an image. */
      readonly accuracy: number | undefined;
      readonly secondsLeft: number;
    }
  | { readonly phase: "score"; readonly done: number; readonly total: number }
  | { readonly phase: "diverged"; readonly configuration: number; readonly reason: string };
