/**
 * A board's aggregates: eval-core's, over the catalogue's measures. What eval-core cannot know is refused here: a mean
 * over different units says nothing.
 */
import { aggregate as aggregateColumns } from "@transferboard/eval-core/stats";
import type { Aggregate, Direction, Measure } from "../catalogue/entities.ts";
import { commonUnit, isShare } from "../measure/scale.ts";

export interface Aggregated {
  /** One entry a row of `values`; nulls where the method has no score or no rank. */
  readonly rows: readonly { readonly score: number | null; readonly rank: number | null }[];
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

/** `values[i][j]`: method i in ranked measure j, null where there is none. */
export function aggregate(
  name: Aggregate,
  values: readonly (readonly (number | null)[])[],
  measures: readonly Measure[],
): Aggregated {
  const refusal = whyNot(name, measures);
  if (refusal) {
    return { rows: values.map(() => ({ score: null, rank: null })), direction: "NEITHER", reason: refusal };
  }
  const columns = measures.map(({ slug, metric }) => ({
    name: slug,
    direction: DIRECTIONS[metric.direction],
    lower: isShare(metric) ? metric.lower : null,
    upper: isShare(metric) ? metric.upper : null,
  }));
  const { rows, better, reason } = aggregateColumns(values, columns, name);
  return {
    rows,
    direction: reason ? "NEITHER" : better === "higher" ? "HIGHER" : "LOWER",
    reason: reason ?? null,
  };
}
