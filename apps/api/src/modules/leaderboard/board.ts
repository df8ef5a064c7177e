/**
 * A board out of cells: rows, their ranks, and what each column's reader needs to mark. A reader sees one page of perhaps
 * thousands of rows, so only what orders them is made for all; the rest of a row or column is made when it is asked for.
 */
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
import { type Aggregated, aggregate } from "./aggregate.ts";

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

export interface BoardCell {
  readonly column: BoardColumn;
  readonly cell: CellValue | null;
}

export interface BoardRow {
  readonly method: Method;
  readonly rank: number | null;
  readonly aggregate: number | null;
  readonly complete: boolean;
  readonly otherRanks: readonly AggregateRank[];
  readonly cells: readonly BoardCell[];
  readonly missing: readonly Measure[];
}

export interface Board {
  readonly aggregate: Aggregate;
  readonly direction: Direction;
  /** Why nothing is ranked. */
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

/** Calls `make` at the first call and remembers. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function frequentFirst(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([value]) => value);
}

class Column implements BoardColumn {
  readonly measure: Measure;
  readonly ranked: boolean;
  readonly #shown: () => readonly CellValue[];
  readonly #marked: () => readonly number[];
  readonly #fingerprints: () => readonly string[];

  constructor(measure: Measure, ranked: boolean, shown: () => readonly CellValue[]) {
    this.measure = measure;
    this.ranked = ranked;
    this.#shown = lazily(shown);
    this.#marked = lazily(() => this.#bestTwo());
    this.#fingerprints = lazily(() =>
      frequentFirst(this.#shown().flatMap(({ entry }) => entry.fingerprint ?? [])),
    );
  }

  #bestTwo(): readonly number[] {
    const { direction } = this.measure.metric;
    if (direction === "NEITHER") return [];
    const values = [...new Set(this.#shown().map(({ entry }) => entry.value))];
    return values.sort((a, b) => (direction === "HIGHER" ? b - a : a - b)).slice(0, 2);
  }

  get best(): number | null {
    return this.#marked()[0] ?? null;
  }

  get secondBest(): number | null {
    return this.#marked()[1] ?? null;
  }

  get fingerprints(): readonly string[] {
    return this.#fingerprints();
  }
}

/** What the rows of one board share. */
interface Shared {
  readonly columns: readonly Column[];
  readonly cells: Cells;
  readonly aggregates: () => readonly (Aggregated & { readonly name: Aggregate })[];
}

class Row implements BoardRow {
  readonly method: Method;
  readonly rank: number | null;
  readonly aggregate: number | null;
  readonly complete: boolean;
  readonly #shared: Shared;
  readonly #index: number;

  constructor(shared: Shared, index: number, method: Method, complete: boolean, own: Aggregated) {
    this.#shared = shared;
    this.#index = index;
    this.method = method;
    this.complete = complete;
    this.rank = own.rows[index]!.rank;
    this.aggregate = own.rows[index]!.score;
  }

  get otherRanks(): AggregateRank[] {
    return this.#shared.aggregates().map(({ name, rows }) => {
      const { rank, score } = rows[this.#index]!;
      return { aggregate: name, rank, value: score };
    });
  }

  get cells(): BoardCell[] {
    const { columns, cells } = this.#shared;
    return columns.map((column) => ({
      column,
      cell: cells.get(column.measure.id)?.get(this.method.id) ?? null,
    }));
  }

  get missing(): Measure[] {
    return this.cells.flatMap(({ column, cell }) => (cell === null ? [column.measure] : []));
  }
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
  /** How many of the measures each method has. */
  const counts = new Map<number, number>();
  for (const { id } of measures) {
    for (const method of cells.get(id)?.keys() ?? []) counts.set(method, (counts.get(method) ?? 0) + 1);
  }
  const methods = [...counts.keys()].map((id) => catalogue.methodById(id)).filter(keep);
  const ranked = new Set(rankedBy);
  const columns = measures.map(
    (measure) =>
      new Column(measure, ranked.has(measure), () =>
        methods.flatMap((method) => cells.get(measure.id)?.get(method.id) ?? []),
      ),
  );
  const rankedColumns = rankedBy.map(({ id }) => cells.get(id));
  const values = methods.map(({ id }) => rankedColumns.map((column) => column?.get(id)?.entry.value ?? null));
  const own = aggregate(chosen, values, rankedBy);
  const aggregates = lazily(() =>
    AGGREGATES.map((name) => ({ name, ...(name === chosen ? own : aggregate(name, values, rankedBy)) })),
  );
  const shared: Shared = { columns, cells, aggregates };
  const rows = methods.map((method, i) => {
    const complete = rankedBy.length > 0 && values[i]!.every((value) => value !== null);
    return new Row(shared, i, method, complete, own);
  });
  rows.sort(
    (a, b) =>
      (a.rank ?? Infinity) - (b.rank ?? Infinity) ||
      counts.get(b.method.id)! - counts.get(a.method.id)! ||
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
