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

export const namedNormalisations = { imagenet: imagenetNormalisation, none: noNormalisation } as const;
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
