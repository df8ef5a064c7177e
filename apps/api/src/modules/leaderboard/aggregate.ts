/**
 * A board's aggregates: eval-core's, over the catalogue's measures. What eval-core cannot know is refused here: a mean
 * over different units says nothing.
 */
import { AggregatedTable } from "@transferboard/eval-core/stats";
import type { Aggregate, Direction, Measure } from "../catalogue/entities.ts";
import { commonUnit, isShare } from "../measure/scale.ts";

export interface Aggregated {
  /** NaN where a row has no score. */
  readonly scores: Float64Array;
  /** 1 is best; 0 where a row is not ranked. */
  readonly ranks: Uint32Array;
  readonly direction: Direction;
  /** Why nothing is ranked. */
  readonly reason: string | null;
}

const DIRECTIONS = { HIGHER: "higher", LOWER: "lower", NEITHER: "neither" } as const;

function whyNot(name: Aggregate, measures: readonly Measure[]): string | null {
  const oneUnit = commonUnit(measures) !== null;
  const shares = measures.filter(({ metric }) => isShare(metric)).length;
  const refused =
    (name === "MEAN" && !oneUnit) ||
    (name === "MEAN_LOGIT" && shares < measures.length && (shares > 0 || !oneUnit));
  return refused && measures.length > 0
    ? "The ranked measures have different units: their mean says nothing; choose MEAN_RANK or BORDA."
    : null;
}

/** The ranked columns of a board, to be aggregated over any choice of its rows. */
export class Aggregates {
  readonly #measures: readonly Measure[];
  readonly #table: AggregatedTable;

  /** `values[j][i]`: row i in ranked measure j, NaN where there is none. */
  constructor(rows: number, values: readonly Float64Array[], measures: readonly Measure[]) {
    this.#measures = measures;
    const columns = measures.map(({ slug, metric }) => ({
      name: slug,
      direction: DIRECTIONS[metric.direction],
      lower: isShare(metric) ? metric.lower : null,
      upper: isShare(metric) ? metric.upper : null,
    }));
    this.#table = new AggregatedTable(rows, values, columns);
  }

  isComplete(row: number): boolean {
    return this.#measures.length > 0 && this.#table.complete[row] === 1;
  }

  /** Of the rows that `kept` marks with 1, among themselves. */
  of(name: Aggregate, kept: Uint8Array): Aggregated {
    const refusal = whyNot(name, this.#measures);
    if (refusal) {
      const rows = kept.length;
      const scores = new Float64Array(rows).fill(Number.NaN);
      return { scores, ranks: new Uint32Array(rows), direction: "NEITHER", reason: refusal };
    }
    const { scores, ranks, better, reason } = this.#table.rank(name, kept);
    const direction = reason ? "NEITHER" : better === "higher" ? "HIGHER" : "LOWER";
    return { scores, ranks, direction, reason: reason ?? null };
  }
}
