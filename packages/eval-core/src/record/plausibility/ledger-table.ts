/** From rows of the warehouse to the table that is checked: both the API and the command read the same view. */
import type { Bounds } from "../forecast/scale.ts";
import type { LedgerMethod, LedgerTable } from "./over-ledger.ts";

/** A row of the view `plausible_value`, in its order: a value that a board shows. */
export interface LedgerRow {
  readonly method: string;
  readonly measure: string;
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly sampleSize: number | null;
  /** How many; 0 where none is told. */
  readonly seeds: number;
  readonly protocol: string | null;
}

export interface DatasetFacts {
  readonly slug: string;
  readonly testSize: number | null;
  readonly classCount: number | null;
}

export interface MeasureBounds {
  readonly slug: string;
  readonly metric: { readonly lower: number | null; readonly upper: number | null };
}

/** Measures without a lower bound are left out: they have no scale on which values are predicted. */
export function ledgerTableOf(
  rows: readonly LedgerRow[],
  measures: readonly MeasureBounds[],
  datasets: readonly DatasetFacts[],
): LedgerTable {
  const known = (field: "testSize" | "classCount") =>
    Object.fromEntries(
      datasets.flatMap((one) => (one[field] === null ? [] : [[one.slug, one[field]] as const])),
    );
  const bounds = measures.flatMap(({ slug, metric: { lower, upper } }) =>
    lower === null ? [] : [[slug, { lower, upper }] satisfies [string, Bounds]],
  );
  const methods = [...Map.groupBy(rows, ({ method }) => method)].map(
    ([slug, own]): LedgerMethod => ({
      slug,
      values: own.map(({ measure, value, lower, upper, sampleSize, seeds, protocol }) => ({
        ...{ measure, value, sampleSize, protocol: protocol?.trim() ?? null },
        interval: lower === null || upper === null ? null : { lower, upper },
        // Only their number is looked at.
        seeds: seeds === 0 ? null : Array.from({ length: seeds }, (_, i) => i),
      })),
    }),
  );
  return {
    methods,
    bounds: Object.fromEntries(bounds),
    testSizes: known("testSize"),
    classes: known("classCount"),
  };
}
