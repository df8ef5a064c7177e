/** What the lengths of the feature rows are, and how many values are zero. */

export interface Norms {
  readonly mean: number;
  /** Of the population. */
  readonly deviation: number;
  /** deviation / mean */
  readonly variation: number;
  readonly minimum: number;
  readonly percentile5: number;
  readonly median: number;
  readonly percentile95: number;
  readonly maximum: number;
  readonly zeroRows: number;
  readonly zeroValuesPercent: number;
  readonly normOfMean: number;
}

/** @param data rows x features */
export function normsOfRows(data: Float32Array, features: number): Norms {
  const rows = data.length / features;
  const norms = new Float64Array(rows);
  const mean = new Float64Array(features);
  let zeros = 0;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let j = 0; j < features; j++) {
      const value = data[row * features + j]!;
      sum += value * value;
      mean[j]! += value;
      if (value === 0) zeros++;
    }
    norms[row] = Math.sqrt(sum);
  }
  const average = norms.reduce((sum, value) => sum + value, 0) / rows;
  const squares = norms.reduce((sum, value) => sum + (value - average) ** 2, 0);
  const deviation = Math.sqrt(squares / rows);
  const sorted = norms.toSorted();
  return {
    mean: average,
    deviation,
    variation: deviation / average,
    minimum: sorted[0]!,
    percentile5: percentile(sorted, 5),
    median: percentile(sorted, 50),
    percentile95: percentile(sorted, 95),
    maximum: sorted[rows - 1]!,
    zeroRows: norms.filter((value) => value === 0).length,
    zeroValuesPercent: (100 * zeros) / data.length,
    normOfMean: Math.sqrt(mean.reduce((sum, value) => sum + (value / rows) ** 2, 0)),
  };
}

/** Linear between ranks, as NumPy's default. */
function percentile(sorted: Float64Array, percent: number): number {
  const at = ((sorted.length - 1) * percent) / 100;
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
