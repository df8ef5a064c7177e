/**
 * A board out of a grid: rows and their ranks. A reader sees one page of perhaps thousands of rows, so only what orders
 * them is made for all; the cells of a row are read when a page of rows is loaded.
 */

import type { StatisticsPool } from "../../statistics/pool.ts";
import {
  AGGREGATES,
  type Aggregate,
  type Direction,
  type Measure,
  type Method,
} from "../catalogue/entities.ts";
import type { Cells, CellValue } from "../ledger/cells.ts";
import type { Protocols } from "../ledger/columns.ts";
import type { RowMethod } from "../ledger/readouts.ts";
import type { Aggregated } from "./aggregate.ts";
import { type BoardColumn, Column, type ProtocolCounts } from "./column.ts";
import { Comparability } from "./comparability.ts";
import type { Grid } from "./grid.ts";
import { type RankUncertainty, type Uncertainty, uncertaintyOf } from "./uncertainty.ts";

export type { BoardColumn } from "./column.ts";

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
  /** The method, or the method by one readout, as the grid has it. */
  readonly subject: Method | RowMethod;
  /** Its readouts, where they are rows of their own; null for values whose protocol says nothing of one. */
  readonly readout: string | null;
  readonly rank: number | null;
  readonly aggregate: number | null;
  readonly complete: boolean;
  readonly otherRanks: readonly AggregateRank[];
  readonly missing: readonly Measure[];
  /** Ranked measures whose value is not comparable with its column: why a complete row has no rank. */
  readonly incomparable: readonly Measure[];
  /** Its rank were every value ranked, comparable or not. */
  readonly rankAmongAll: number | null;
  /** The ends of its rank over resampled datasets, and its group from 1; null where too few are there to resample. */
  readonly uncertainty: (statistics: StatisticsPool) => Promise<RankUncertainty | null>;
  /** The value in a column, by its index; null where there is none. */
  readonly valueAt: (column: number) => number | null;
  /** One cell a column. Throws before the row is loaded. */
  readonly cells: readonly BoardCell[];
}

/** As a table without room for a column of readouts names a row. */
export const nameOfRow = ({ method, readout }: Pick<BoardRow, "method" | "readout">): string =>
  readout === null ? method.name : `${method.name} (${readout})`;

export interface Board {
  readonly aggregate: Aggregate;
  readonly direction: Direction;
  /** Why nothing is ranked. */
  readonly reason: string | null;
  readonly columns: readonly BoardColumn[];
  /** Ranked rows best first, then the others by how little is missing and by name. */
  readonly rows: readonly BoardRow[];
  readonly rankedCount: number;
  /** Reads what `cells` of these rows needs: at most one statement for a page. */
  readonly load: (rows: readonly BoardRow[]) => Promise<void>;
  /** Lets go of what `load` read for these rows. */
  readonly evict: (rows: readonly BoardRow[]) => void;
}

/** Where the rest of a cell comes from, once it is asked for. */
export interface CellSource {
  readonly cells: (methods: readonly Method[]) => Promise<Cells>;
  readonly protocols: () => Protocols | Promise<Protocols>;
}

/** What the rows of one board share. */
interface Shared {
  readonly grid: Grid;
  readonly columns: readonly BoardColumn[];
  readonly own: Aggregated;
  readonly under: (name: Aggregate) => Aggregated;
  readonly loaded: Map<Method, Cells>;
  readonly comparability: Comparability;
  readonly amongAll: () => Aggregated;
  readonly uncertainty: (statistics: StatisticsPool) => Promise<Uncertainty | null>;
}

const orNull = (score: number) => (Number.isNaN(score) ? null : score);

/** The method that a row of the grid is of. */
const methodOf = (subject: Method | RowMethod): Method => ("of" in subject ? subject.of : subject);

class Row implements BoardRow {
  readonly method: Method;
  readonly subject: Method | RowMethod;
  readonly #shared: Shared;
  readonly #index: number;

  constructor(shared: Shared, index: number) {
    this.#shared = shared;
    this.#index = index;
    this.subject = shared.grid.methods[index]!;
    this.method = methodOf(this.subject);
  }

  get readout(): string | null {
    return "of" in this.subject ? this.subject.readout : null;
  }

  get rank(): number | null {
    return this.#shared.own.ranks[this.#index]! || null;
  }

  get aggregate(): number | null {
    return orNull(this.#shared.own.scores[this.#index]!);
  }

  get complete(): boolean {
    return this.#shared.grid.aggregates.isComplete(this.#index);
  }

  get otherRanks(): AggregateRank[] {
    return AGGREGATES.map((aggregate) => {
      const { ranks, scores } = this.#shared.under(aggregate);
      return { aggregate, rank: ranks[this.#index]! || null, value: orNull(scores[this.#index]!) };
    });
  }

  get missing(): Measure[] {
    return this.#shared.grid.measures.filter((_, column) => this.valueAt(column) === null);
  }

  get incomparable(): Measure[] {
    return this.#shared.comparability.incomparableOf(this.#index);
  }

  get rankAmongAll(): number | null {
    return this.#shared.amongAll().ranks[this.#index]! || null;
  }

  async uncertainty(statistics: StatisticsPool): Promise<RankUncertainty | null> {
    return (await this.#shared.uncertainty(statistics))?.of(this.#index) ?? null;
  }

  valueAt(column: number): number | null {
    return orNull(this.#shared.grid.values[column]?.[this.#index] ?? Number.NaN);
  }

  get cells(): BoardCell[] {
    const { columns, loaded } = this.#shared;
    const cells = loaded.get(this.subject);
    if (!cells) throw new Error(`The row of ${this.method.slug} is not loaded: load it first.`);
    return columns.map((column) => ({
      column,
      cell: cells.get(column.measure.id)?.get(this.subject.id) ?? null,
    }));
  }
}

/** The kept rows by rank, then as the grid has them; unranked ones follow. Counted into place: nothing is compared. */
function inOrder(ranks: Uint32Array, kept: Uint8Array): Uint32Array {
  const rows = ranks.length;
  /** starts[r]: how many come before those of rank r; unranked ones count as rank rows + 1. */
  const starts = new Uint32Array(rows + 3);
  const placeOf = (row: number) => ranks[row]! || rows + 1;
  for (let row = 0; row < rows; row++) if (kept[row]) starts[placeOf(row) + 1]! += 1;
  for (let rank = 1; rank < starts.length; rank++) starts[rank]! += starts[rank - 1]!;
  const order = new Uint32Array(starts[rows + 2]!);
  for (let row = 0; row < rows; row++) if (kept[row]) order[starts[placeOf(row)]!++] = row;
  return order;
}

const whyNobody = ({ excludesAny }: Comparability) =>
  excludesAny
    ? "No method has a comparable value in every ranked measure: rank all values to see an order."
    : "No method has a value in every ranked measure.";

export interface BoardInput {
  readonly grid: Grid;
  readonly source: CellSource;
  readonly chosen: Aggregate;
  readonly keep: (method: Method) => boolean;
  /** Of the shown values, where only comparable ones are ranked; null ranks all. */
  readonly protocols: Protocols | null;
}

/** The board of the methods that `keep` keeps. */
export function makeBoard({ grid, source, chosen, keep, protocols }: BoardInput): Board {
  const { methods, measures, rankedBy, aggregates } = grid;
  const kept = Uint8Array.from(methods, (subject) => Number(keep(methodOf(subject))));
  const comparability = new Comparability(grid, kept, protocols);
  const { ranked: inRanking } = comparability;
  const known = new Map<Aggregate, Aggregated>();
  const under = (name: Aggregate) => {
    const aggregated = known.get(name) ?? aggregates.of(name, inRanking);
    known.set(name, aggregated);
    return aggregated;
  };
  let everybody: Aggregated | null = null;
  const amongAll = () => {
    everybody ??= comparability.excludesAny ? aggregates.of(chosen, kept) : own;
    return everybody;
  };
  let resampled: Promise<Uncertainty | null> | undefined;
  const uncertainty = (statistics: StatisticsPool) => {
    resampled ??= uncertaintyOf(grid, chosen, own, statistics);
    return resampled;
  };
  const own = under(chosen);
  const order = inOrder(own.ranks, kept);
  const ranked = new Set(rankedBy);
  /** How often each protocol occurs in a column of the shown rows. */
  const counted = (measure: Measure, { names, columns }: Protocols): ProtocolCounts => {
    const numbers = columns.get(measure.id) ?? new Float64Array();
    const counts = new Uint32Array(names.length + 1);
    for (const row of order) counts[numbers[methods[row]!.id] || 0]! += 1;
    return new Map(names.flatMap((name, i) => (counts[i + 1]! > 0 ? [[name, counts[i + 1]!]] : [])));
  };
  const columns = measures.map(
    (measure, j) =>
      new Column({
        measure,
        ranked: ranked.has(measure),
        values: () =>
          Float64Array.from(order, (row) =>
            comparability.isComparable(j, row) ? grid.values[j]![row]! : Number.NaN,
          ),
        comparesAll: protocols === null,
        protocols: () => {
          const found = protocols ?? source.protocols();
          return found instanceof Promise
            ? found.then((read) => counted(measure, read))
            : counted(measure, found);
        },
      }),
  );
  const loaded = new Map<Method, Cells>();
  const shared: Shared = { grid, columns, own, under, loaded, comparability, amongAll, uncertainty };
  const rows = Array.from(order, (row) => new Row(shared, row));
  const rankedCount = own.ranks.reduce((count, rank) => count + Number(rank > 0), 0);
  return {
    aggregate: chosen,
    direction: own.direction,
    reason: own.reason ?? (rankedCount === 0 ? whyNobody(comparability) : null),
    columns,
    rows,
    rankedCount,
    load: async (wanted) => {
      const missing = wanted.map(({ subject }) => subject).filter((subject) => !loaded.has(subject));
      if (missing.length === 0) return;
      const cells = await source.cells(missing);
      for (const method of missing) loaded.set(method, cells);
    },
    evict: (seen) => {
      for (const { subject } of seen) loaded.delete(subject);
    },
  };
}
