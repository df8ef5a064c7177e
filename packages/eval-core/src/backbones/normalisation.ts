/** How a backbone wants its input: RGB in 0 to 1, minus the mean, over the deviation, by channel. */
import { CheckpointError } from "../checkpoints/errors.ts";

export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

export const imagenetNormalisation: Normalisation = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/** SimCLR's: inputs in 0 to 1 as they are. */
export const noNormalisation: Normalisation = { mean: [0, 0, 0], std: [1, 1, 1] };

export const clipNormalisation: Normalisation = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

/** Inputs in -1 to 1: SigLIP, timm's augreg and transformers' ViT. */
export const halfNormalisation: Normalisation = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/** Of DINOv3's networks for satellite images, SAT-493M. */
export const satelliteNormalisation: Normalisation = {
  mean: [0.43, 0.411, 0.296],
  std: [0.213, 0.156, 0.143],
};

export const namedNormalisations = {
  imagenet: imagenetNormalisation,
  clip: clipNormalisation,
  half: halfNormalisation,
  sat493m: satelliteNormalisation,
  none: noNormalisation,
} as const;
export type NormalisationName = keyof typeof namedNormalisations;

/** @throws CheckpointError unless it is three finite means and three positive deviations. */
export function parseNormalisation(value: unknown): Normalisation {
  const { mean, std } = (value ?? {}) as { mean?: unknown; std?: unknown };
  const three = (list: unknown, low: number): list is [number, number, number] =>
    Array.isArray(list) && list.length === 3 && list.every((x) => Number.isFinite(x) && x > low);
  if (!three(mean, Number.NEGATIVE_INFINITY) || !three(std, 0)) {
    throw new CheckpointError("a normalisation is three means and three positive deviations, one a channel");
  }
  return { mean, std };
}
