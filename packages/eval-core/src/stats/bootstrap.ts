/** Intervals by resampling the cases: for statistics whose distribution no formula knows. */

import type { SeededRandom } from "../tensor/random.ts";
import { type Interval, quantileOfSorted } from "./describe.ts";
import { normalCdf, normalQuantile } from "./distributions.ts";
import { requireLevel, StatisticsError } from "./input.ts";

export interface BootstrapOptions {
  /** How many cases the sample has. */
  readonly n: number;
  /** The statistic of the cases at `indices`, which may repeat; NaN where it is undefined for them. */
  readonly statistic: (indices: Uint32Array) => number;
  readonly random: SeededRandom;
  /** 2,000 where not given. */
  readonly resamples?: number;
  /** 0.95 where not given. */
  readonly level?: number;
  /** `bca` (Efron 1987: corrected for bias and acceleration; n more evaluations) where not given. */
  readonly method?: "bca" | "percentile";
}

export interface BootstrapInterval extends Interval {
  readonly resamples: number;
  /** Resamples on which the statistic was undefined (all points equal, say); they are left out. */
  readonly undefinedResamples: number;
}

/**
 * A bootstrap interval of `statistic` over resampled cases. Null where fewer than half the resamples define the
 * statistic, or fewer than 3 cases are there to resample.
 * @throws StatisticsError when an option is out of range or the statistic of the whole sample is not finite.
 */
export function bootstrapInterval(options: BootstrapOptions): BootstrapInterval | null {
  const { n, statistic, random, resamples = 2000, level = 0.95, method = "bca" } = options;
  requireLevel(level);
  if (!Number.isInteger(resamples) || resamples < 20) {
    throw new StatisticsError(`A bootstrap needs at least 20 resamples: found ${resamples}.`);
  }
  if (n < 3) return null;
  const everyone = Uint32Array.from({ length: n }, (_, i) => i);
  const observed = statistic(everyone);
  if (!Number.isFinite(observed)) {
    throw new StatisticsError(`The statistic of the whole sample is ${observed}: there is nothing to bound.`);
  }

  const drawn = new Float64Array(resamples);
  const indices = new Uint32Array(n);
  let defined = 0;
  for (let sample = 0; sample < resamples; sample++) {
    for (let i = 0; i < n; i++) indices[i] = random.below(n);
    const value = statistic(indices);
    if (Number.isFinite(value)) drawn[defined++] = value;
  }
  if (defined < resamples / 2) return null;
  const sorted = drawn.subarray(0, defined).sort();
  const tails = [(1 - level) / 2, (1 + level) / 2] as const;
  const [low, high] =
    method === "bca" ? correctedTails(tails, sorted, observed, acceleration(statistic, everyone)) : tails;
  return {
    lower: quantileOfSorted(sorted, low),
    upper: quantileOfSorted(sorted, high),
    resamples,
    undefinedResamples: resamples - defined,
  };
}

/** Φ(z0 + (z0 + z) / (1 - a (z0 + z))) of each tail: which quantiles of the resamples bound the statistic. */
function correctedTails(
  tails: readonly [number, number],
  sorted: Float64Array,
  observed: number,
  a: number,
): readonly [number, number] {
  let below = 0;
  for (const value of sorted) below += value < observed ? 1 : value === observed ? 0.5 : 0;
  // A statistic at the very edge of its resamples would have an infinite correction: half a resample inside.
  const share = Math.min(Math.max(below, 0.5), sorted.length - 0.5) / sorted.length;
  const z0 = normalQuantile(share);
  const corrected = (tail: number) => {
    const z = z0 + normalQuantile(tail);
    return normalCdf(z0 + z / (1 - a * z));
  };
  return [corrected(tails[0]), corrected(tails[1])];
}

/** Σ d³ / (6 (Σ d²)^1.5), d the jackknife's deviations: how the statistic's spread changes with its value. */
function acceleration(statistic: (indices: Uint32Array) => number, everyone: Uint32Array): number {
  const left: number[] = [];
  for (let i = 0; i < everyone.length; i++) {
    const value = statistic(everyone.filter((index) => index !== i));
    if (Number.isFinite(value)) left.push(value);
  }
  const centre = left.reduce((sum, value) => sum + value, 0) / left.length;
  let squares = 0;
  let cubes = 0;
  for (const value of left) {
    squares += (centre - value) ** 2;
    cubes += (centre - value) ** 3;
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
}
