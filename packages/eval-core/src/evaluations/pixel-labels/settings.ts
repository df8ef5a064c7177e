/**
 * What surface normals and segmentation have in common: both train a network that labels pixels on batches of two images
 * under a polynomial schedule, and differ in their numbers.
 */
import type { LabelRules } from "./canvas.ts";

/** A schedule: two are comparable when all of it is equal. */
export interface PixelSettings {
  readonly steps: number;
  readonly batch: number;
  /** One is drawn a batch: the length of the shorter side, in pixels. */
  readonly shortSizes: readonly number[];
  /** The longer side is at most this. */
  readonly longest: number;
  readonly testShortSizes: readonly number[];
  /** Channels of each pooled branch of the head. */
  readonly poolWidth: number;
  /** Channels of the head's other convolutions. */
  readonly width: number;
}

/** What an evaluation fixes, whatever its schedule. */
export interface PixelRules {
  /** Sides of a batch are rounded up to a multiple of this. */
  readonly multiple: number;
  /** Labels are at one over this of the input's resolution. */
  readonly labelStride: number;
  /** Whether images are mirrored every other time. */
  readonly flip: boolean;
  /** Whether a mask for dropout is drawn, and of how many channels. */
  readonly dropout: boolean;
  readonly labels: LabelRules;
}

/** SGD in the papers' code, of both. */
export const LEARNING_RATE = 0.02;
export const POWER = 0.9;
export const MOMENTUM = 0.9;
export const WEIGHT_DECAY = 1e-4;
/** Of batch norm's running statistics: the weight of a new batch. */
export const STATISTICS_MOMENTUM = 0.001;
/** The chance that dropout keeps a channel. */
export const KEEP = 0.9;

/**
 * The momentum of step t, counted from 0, that makes running statistics the weighted mean of where they began and of all
 * batches: 1 / (1 + k + ... + k^(t+1)) with k = 1 - 0.001.
 */
export function debiasedMomentum(step: number): number {
  const k = 1 - STATISTICS_MOMENTUM;
  return (1 - k) / (1 - k ** (step + 2));
}
