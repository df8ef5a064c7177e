/**
 * What a ranking is worth, from the ranks of its positives alone. `ranks` are counted from 1, ascending, over all answers
 * but those that do not count (the query itself, junk); R is how many there are. With h(j) positives among the first j and
 * P(j) = h(j) / j:
 *
 *     AP = 1/R Σ P(rank)      AP@k = Σ_{rank <= k} P(rank) / (min(R, k) | R | h(k))      MAP@R = 1/R Σ_{rank <= R} P(rank)
 *
 * Fractions here; nothing is in percent.
 */

/** What AP@k is divided by: landmark challenges', trec_eval's and MTEB's, torchmetrics'. */
export type ApAtK = "min(R, k)" | "R" | "h(k)";

/** @returns the value, and Σ of the precisions at the positives up to `last` */
function precisionSum(ranks: ArrayLike<number>, last: number): { sum: number; hits: number } {
  let sum = 0;
  let hits = 0;
  while (hits < ranks.length && ranks[hits]! <= last) {
    hits++;
    sum += hits / ranks[hits - 1]!;
  }
  return { sum, hits };
}

export function averagePrecision(ranks: ArrayLike<number>): number {
  return precisionSum(ranks, Number.POSITIVE_INFINITY).sum / ranks.length;
}

export function averagePrecisionAt(ranks: ArrayLike<number>, k: number, divisor: ApAtK): number {
  const { sum, hits } = precisionSum(ranks, k);
  if (divisor === "h(k)") return hits === 0 ? 0 : sum / hits;
  return sum / (divisor === "R" ? ranks.length : Math.min(ranks.length, k));
}

export function mapAtR(ranks: ArrayLike<number>): number {
  return precisionSum(ranks, ranks.length).sum / ranks.length;
}

/** h(k) */
export function positivesAmong(ranks: ArrayLike<number>, k: number): number {
  return precisionSum(ranks, k).hits;
}

/**
 * The area under the precision-recall curve by trapezoids, as ROxford and RParis count it; below `averagePrecision`, and
 * never to be mixed with it.
 */
export function trapezoidAveragePrecision(ranks: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < ranks.length; j++) {
    const rank = ranks[j]! - 1;
    sum += (rank === 0 ? 1 : j / rank) + (j + 1) / (rank + 1);
  }
  return sum / (2 * ranks.length);
}

/** ROxford's mP@k of one query: below k, a query with few positives is not punished for having no more. */
export function cappedPrecisionAt(ranks: ArrayLike<number>, k: number): number {
  const last = Math.min(ranks[ranks.length - 1]!, k);
  return positivesAmong(ranks, last) / last;
}
