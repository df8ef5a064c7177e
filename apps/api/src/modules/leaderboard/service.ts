/** Answers for a board: which columns, which rows, in which order. Two statements at most, however many methods. */
import type { Context } from "../../context.ts";
import { BadInput, UnknownSlug } from "../../errors.ts";
import { turn } from "../../turns.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Aggregate, Measure, Suite } from "../catalogue/entities.ts";
import type { Snapshot } from "../catalogue/load.ts";
import { nearest } from "../catalogue/nearest.ts";
import type { CellFilter } from "../ledger/cells.ts";
import type { ReadoutChoice } from "../ledger/readouts.ts";
import { openSource, type Source } from "../ledger/source.ts";
import { type MethodFilter, methodTest } from "../method/filter.ts";
import { type Board, type BoardRow, makeBoard } from "./board.ts";
import { Grid } from "./grid.ts";

export interface BoardFilter extends MethodFilter, CellFilter {
  readonly domain?: readonly string[] | null | undefined;
}

export const AMONG = ["COMPARABLE", "ALL"] as const;
export type Among = (typeof AMONG)[number];

export interface BoardQuestion {
  readonly suite: string;
  readonly filter?: BoardFilter | null | undefined;
  readonly aggregate?: Aggregate | null | undefined;
  readonly orderBy?: BoardOrder | null | undefined;
  /** Which values are ranked and marked: those under their column's usual protocol, unless ALL is asked for. */
  readonly among?: Among | null | undefined;
  /** Which of a method's readouts are shown, or a row for each; the newest value, whatever its readout, unless told. */
  readonly readouts?: ReadoutChoice | null | undefined;
  readonly asOf?: Date | null | undefined;
}

export interface BoardOrder {
  readonly field: "RANK" | "METHOD" | "YEAR" | "MEASURE";
  readonly measure?: string | null | undefined;
  readonly direction: "ASC" | "DESC";
}

export interface BoardAnswer extends Board {
  readonly suite: Suite;
  readonly position: string;
  readonly asOf: Date | null;
  /** As it was asked. */
  readonly question: BoardQuestion;
}

/** Keeps the measures on datasets of these domains; an unknown domain is an error with near matches. */
export function inDomains(
  measures: readonly Measure[],
  domain: readonly string[] | null | undefined,
  { catalogue }: Snapshot,
): readonly Measure[] {
  if (!domain) return measures;
  const known = new Set(catalogue.datasets.map((dataset) => dataset.domain));
  const unknown = domain.find((name) => !known.has(name));
  if (unknown !== undefined) throw new UnknownSlug("domain", unknown, nearest(unknown, known));
  return measures.filter(({ dataset }) => domain.includes(dataset.domain));
}

interface Ground {
  readonly grid: Grid;
  readonly source: Source;
}

/** What boards of one suite share, whichever methods they keep: made once a position of the ledger. */
function groundOf(
  question: BoardQuestion,
  suite: Suite,
  snapshot: Snapshot,
  { ledger }: Context,
): Promise<Ground> {
  const { filter, asOf, readouts } = question;
  const measures = inDomains(suite.measures, filter?.domain, snapshot);
  const rankedBy = suite.rankedBy.filter((measure) => measures.includes(measure));
  const key = JSON.stringify([
    "board",
    suite.slug,
    filter?.domain?.toSorted(),
    filter?.provenance?.toSorted(),
    filter?.protocol?.toSorted(),
    asOf,
    readouts,
  ]);
  const make = async () => {
    const source = await openSource(ledger, snapshot, { measures, filter, asOf, readouts });
    const { catalogue } = snapshot;
    const { columns, rows } = source;
    return { source, grid: new Grid({ catalogue, measures, rankedBy, columns, rows }) };
  };
  return ledger.memoize(snapshot, key, make, ({ grid }) => grid.numbers);
}

/** The board, ranked; the cells of its rows are read when a page of them is loaded. */
export async function rankBoard(question: BoardQuestion, context: Context): Promise<BoardAnswer> {
  const snapshot = await context.snapshot();
  const { catalogue, position } = snapshot;
  const suite = catalogue.board(question.suite);
  const keep = methodTest(question.filter, catalogue);
  const { grid, source } = await groundOf(question, suite, snapshot, context);
  const board = makeBoard({
    grid,
    source,
    chosen: question.aggregate ?? suite.aggregate,
    keep,
    protocols: question.among === "ALL" ? null : await source.protocols(),
  });
  const rows = ordered(board, question.orderBy, catalogue);
  return { ...board, rows, suite, position, asOf: question.asOf ?? null, question };
}

/** Cells that are read in one statement, and held at once. */
const CELLS_A_PORTION = 50_000;

/**
 * The board's rows with every cell, a batch after the other, as exports show them: a board of a million cells costs the
 * memory of one batch. A board that is one batch is read once, however often it is gone through.
 */
export async function* batchesOf(
  board: Pick<BoardAnswer, "rows" | "columns" | "load" | "evict">,
  cells = CELLS_A_PORTION,
): AsyncGenerator<readonly BoardRow[]> {
  const { rows, columns } = board;
  const size = Math.max(1, Math.floor(cells / Math.max(1, columns.length)));
  for (let start = 0; start < rows.length; start += size) {
    const batch = rows.slice(start, start + size);
    await board.load(batch);
    await turn();
    yield batch;
    if (rows.length > size) board.evict(batch);
  }
}

function ordered(
  { rows, columns }: Board,
  order: BoardOrder | null | undefined,
  catalogue: Catalogue,
): readonly BoardRow[] {
  if (!order) return rows;
  const index = columns.findIndex(({ measure }) => measure.slug === order.measure);
  if (order.field === "MEASURE" && index < 0) {
    const slugs = columns.map(({ measure }) => measure.slug);
    throw new UnknownSlug("column", order.measure ?? "", nearest(order.measure ?? "", slugs));
  }
  if (order.field !== "MEASURE" && order.measure != null) {
    throw new BadInput("orderBy.measure goes with the field MEASURE only.");
  }
  const key = {
    RANK: (row: BoardRow) => row.rank,
    METHOD: () => null,
    YEAR: (row: BoardRow) => row.method.year,
    MEASURE: (row: BoardRow) => row.valueAt(index),
  }[order.field];
  const sign = order.direction === "ASC" ? 1 : -1;
  const names = order.field === "METHOD" ? sign : 1;
  const keyed = rows.map((row) => ({ row, key: key(row), place: catalogue.placeByName(row.method) }));
  keyed.sort((a, b) => {
    if (a.key === b.key) return names * (a.place - b.place);
    if (a.key === null) return 1;
    if (b.key === null) return -1;
    return sign * (a.key - b.key);
  });
  return keyed.map(({ row }) => row);
}
