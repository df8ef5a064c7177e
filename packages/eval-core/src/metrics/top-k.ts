/** Accuracy where any of the k largest scores counts, in percent. */
import { wilsonInterval } from "./accuracy.ts";
import { requireLabels, requireScores, type Score, type ScoreMatrix } from "./input.ts";

/**
 * The share of rows whose class is among the k largest scores, with Wilson's interval; of equal scores the smaller class
 * comes first.
 * @throws MetricError on an empty split, labels out of range, or lists that do not pair up
 */
export function topKAccuracy(scores: ScoreMatrix, labels: ArrayLike<number>, k: number): Score {
  const { rows, columns } = requireScores(scores);
  requireLabels(labels, rows, columns);
  let hits = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const own = labels[row]!;
    const score = scores.data[start + own]!;
    let before = 0;
    for (let c = 0; c < columns; c++) {
      const other = scores.data[start + c]!;
      if (other > score || (other === score && c < own)) before++;
    }
    if (before < k) hits++;
  }
  return { value: (100 * hits) / rows, interval: wilsonInterval(hits, rows), sampleSize: rows };
}
