/** The mean of a score over images, and how much the choice of images matters to it. */
import { mean, standardDeviation, studentTQuantile } from "../../stats/index.ts";

export interface OverImages {
  readonly mean: number;
  /** mean +- t(0.975, n - 1) s / sqrt(n), s the sample deviation; null for one image. */
  readonly interval: { readonly lower: number; readonly upper: number } | null;
  readonly n: number;
}

export function overImages(values: readonly number[]): OverImages {
  const n = values.length;
  const centre = mean(values);
  if (n < 2) return { mean: centre, interval: null, n };
  const half = (studentTQuantile(0.975, n - 1) * standardDeviation(values, "sample")) / Math.sqrt(n);
  return { mean: centre, interval: { lower: centre - half, upper: centre + half }, n };
}
