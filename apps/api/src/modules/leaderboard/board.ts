/** A board out of cells: rows, ranks under every aggregate, and what each column's reader needs to mark. */
import type { Catalogue } from "../catalogue/catalogue.ts";
import {
  AGGREGATES,
  type Aggregate,
  type Direction,
  type Measure,
  type Method,
} from "../catalogue/entities.ts";
import { compareNames } from "../catalogue/order.ts";
import type { Cells, CellValue } from "../ledger/cells.ts";
import { aggregate } from "./aggregate.ts";

export interface BoardColumn {
  readonly measure: Measure;
  readonly ranked: boolean;
  readonly best: number | null;
  readonly secondBest: number | null;
  /** Most frequent first; more than one: the cells are not strictly comparable. */
  readonly fingerprints: readonly string[];
}

export interface AggregateRank {
  readonly aggregate: Aggregate;
  readonly rank: number | null;
  readonly value: number | null;
}

export interface BoardRow {
  readonly method: Method;
  readonly rank: number | null;
  readonly aggregate: number | null;
  readonly otherRanks: readonly AggregateRank[];
  readonly cells: readonly BoardCell[];
  readonly complete: boolean;
  readonly missing: readonly Measure[];
}

export interface BoardCell {
  readonly column: BoardColumn;
  readonly cell: CellValue | null;
}

export interface Board {
  readonly aggregate: Aggregate;
  readonly direction: Direction;
  readonly reason: string | null;
  readonly columns: readonly BoardColumn[];
  /** Ranked rows best first, then the others by how little is missing and by name. */
  readonly rows: readonly BoardRow[];
  readonly rankedCount: number;
}

export interface BoardInput {
  readonly catalogue: Catalogue;
  readonly measures: readonly Measure[];
  readonly rankedBy: readonly Measure[];
  readonly aggregate: Aggregate;
  readonly cells: Cells;
  readonly keep: (method: Method) => boolean;
}

function frequentFirst(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([value]) => value);
}

function toColumn(measure: Measure, ranked: boolean, shown: readonly CellValue[]): BoardColumn {
  const { direction } = measure.metric;
  const values = [...new Set(shown.map(({ entry }) => entry.value))];
  values.sort((a, b) => (direction === "HIGHER" ? b - a : a - b));
  const marked = direction === "NEITHER" ? [] : values;
  return {
    measure,
    ranked,
    best: marked[0] ?? null,
    secondBest: marked[1] ?? null,
    fingerprints: frequentFirst(shown.flatMap(({ entry }) => entry.fingerprint ?? [])),
  };
}

/** Methods without any value in these measures are not part of the board. */
export function makeBoard({
  catalogue,
  measures,
  rankedBy,
  aggregate: chosen,
  cells,
  keep,
}: BoardInput): Board {
  const present = new Set(measures.flatMap(({ id }) => [...(cells.get(id)?.keys() ?? [])]));
  const methods = [...present].map((id) => catalogue.methodById(id)).filter(keep);
  const cellOf = (measure: Measure, method: Method) => cells.get(measure.id)?.get(method.id) ?? null;
  const ranked = new Set(rankedBy);
  const columns = measures.map((measure) =>
    toColumn(
      measure,
      ranked.has(measure),
      methods.flatMap((method) => cellOf(measure, method) ?? []),
    ),
  );
  const values = methods.map((method) =>
    rankedBy.map((measure) => cellOf(measure, method)?.entry.value ?? null),
  );
  const aggregates = AGGREGATES.map((name) => ({ name, ...aggregate(name, values, rankedBy) }));
  const own = aggregates.find(({ name }) => name === chosen)!;

  const rows = methods.map((method, i): BoardRow => {
    const { rank, score } = own.rows[i]!;
    return {
      method,
      rank,
      aggregate: score,
      otherRanks: aggregates.map(({ name, rows }) => ({
        aggregate: name,
        rank: rows[i]!.rank,
        value: rows[i]!.score,
      })),
      cells: columns.map((column) => ({ column, cell: cellOf(column.measure, method) })),
      complete: values[i]!.length > 0 && values[i]!.every((value) => value !== null),
      missing: measures.filter((measure) => cellOf(measure, method) === null),
    };
  });
  rows.sort(
    (a, b) =>
      (a.rank ?? Infinity) - (b.rank ?? Infinity) ||
      a.missing.length - b.missing.length ||
      compareNames(a.method, b.method),
  );
  const rankedCount = rows.filter(({ rank }) => rank !== null).length;
  return {
    aggregate: chosen,
    direction: own.direction,
    reason: own.reason ?? (rankedCount === 0 ? "No method has a value in every ranked measure." : null),
    columns,
    rows,
    rankedCount,
  };
}
