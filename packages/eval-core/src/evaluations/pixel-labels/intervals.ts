/** Intervals of scores over a test set, by the percentile bootstrap over its images. */
import { SeededRandom } from "../../tensor/index.ts";

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

export const RESAMPLES = 1000;

/** 95% of each of the scores: the 2.5th and 97.5th percentiles of 1,000 resamples of the images, always the same ones. */
export function resampled<Image>(
  images: readonly Image[],
  scores: (drawn: readonly Image[]) => readonly number[],
): Interval[] {
  const random = new SeededRandom(0);
  const all = Array.from({ length: RESAMPLES }, () =>
    scores(images.map(() => images[random.below(images.length)]!)),
  );
  return all[0]!.map((_, i) => {
    const sorted = all
      .map((drawn) => drawn[i]!)
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
    return { lower: at(0.025), upper: at(0.975) };
  });
}
