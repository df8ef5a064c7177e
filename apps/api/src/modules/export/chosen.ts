/** A board as a reader sees it: without the columns that are hidden, with the pinned rows first. Ranks stay those of the whole. */
import type { BoardCell, BoardRow } from "../leaderboard/board.ts";
import type { BoardAnswer } from "../leaderboard/service.ts";

export interface Chosen {
  /** Measures that are not shown, by slug. */
  readonly hide?: readonly string[] | undefined;
  /** Methods that come first, by slug. */
  readonly pin?: readonly string[] | undefined;
}

/** A row that shows some of its columns. */
class ChosenRow implements BoardRow {
  readonly row: BoardRow;
  readonly #columns: readonly number[];

  constructor(row: BoardRow, columns: readonly number[]) {
    this.row = row;
    this.#columns = columns;
  }

  get method() {
    return this.row.method;
  }
  get subject() {
    return this.row.subject;
  }
  get readout() {
    return this.row.readout;
  }
  get rank() {
    return this.row.rank;
  }
  get aggregate() {
    return this.row.aggregate;
  }
  get complete() {
    return this.row.complete;
  }
  get otherRanks() {
    return this.row.otherRanks;
  }
  get missing() {
    return this.row.missing;
  }
  get incomparable() {
    return this.row.incomparable;
  }
  get rankAmongAll() {
    return this.row.rankAmongAll;
  }
  get cells(): BoardCell[] {
    const { cells } = this.row;
    return this.#columns.map((column) => cells[column]!);
  }
  readonly uncertainty: BoardRow["uncertainty"] = (statistics) => this.row.uncertainty(statistics);
  readonly valueAt = (column: number): number | null => this.row.valueAt(this.#columns[column]!);
}

export function chosenOf(board: BoardAnswer, { hide = [], pin = [] }: Chosen): BoardAnswer {
  if (hide.length === 0 && pin.length === 0) return board;
  const hidden = new Set(hide);
  const kept = [...board.columns.entries()].filter(([, { measure }]) => !hidden.has(measure.slug));
  const columns = kept.map(([index]) => index);
  const isPinned = ({ method }: BoardRow) => pin.includes(method.slug);
  const ordered = [...board.rows.filter(isPinned), ...board.rows.filter((row) => !isPinned(row))];
  const inner = (rows: readonly BoardRow[]) => rows.map((row) => (row instanceof ChosenRow ? row.row : row));
  return {
    ...board,
    columns: kept.map(([, column]) => column),
    rows: ordered.map((row) => new ChosenRow(row, columns)),
    load: (rows) => board.load(inner(rows)),
    evict: (rows) => board.evict(inner(rows)),
  };
}
