/** Answers for a board: which columns, which rows, in which order. Two statements at most, however many methods. */
import type { Context } from "../../context.ts";
import { BadInput, UnknownSlug } from "../../errors.ts";
import type { Aggregate, Measure, Suite } from "../catalogue/entities.ts";
import type { Snapshot } from "../catalogue/load.ts";
import { nearest } from "../catalogue/nearest.ts";
import { compareNames } from "../catalogue/order.ts";
import { type CellFilter, toCells } from "../ledger/cells.ts";
import { type MethodFilter, methodTest } from "../method/filter.ts";
import { type Board, type BoardRow, makeBoard } from "./board.ts";

export interface BoardFilter extends MethodFilter, CellFilter {
  readonly domain?: readonly string[] | null | undefined;
}

export interface BoardQuestion {
  readonly suite: string;
  readonly filter?: BoardFilter | null | undefined;
  readonly aggregate?: Aggregate | null | undefined;
  readonly orderBy?: BoardOrder | null | undefined;
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

export async function answerBoard(question: BoardQuestion, context: Context): Promise<BoardAnswer> {
  const snapshot = await context.snapshot();
  const { catalogue, position } = snapshot;
  const { filter, asOf = null } = question;
  const suite = catalogue.board(question.suite);
  const measures = inDomains(suite.measures, filter?.domain, snapshot);
  const keep = methodTest(filter, catalogue);
  const entries = await context.ledger.entries(position, suite.measures, asOf);
  const board = makeBoard({
    catalogue,
    measures,
    rankedBy: suite.rankedBy.filter((measure) => measures.includes(measure)),
    aggregate: question.aggregate ?? suite.aggregate,
    cells: toCells(entries, filter ?? {}),
    keep,
  });
  const rows = ordered(board, question.orderBy);
  return { ...board, rows, suite, position, asOf };
}

function ordered({ rows, columns }: Board, order: BoardOrder | null | undefined): readonly BoardRow[] {
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
    MEASURE: (row: BoardRow) => row.cells[index]?.cell?.entry.value ?? null,
  }[order.field];
  const sign = order.direction === "ASC" ? 1 : -1;
  const names = order.field === "METHOD" ? sign : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === right) return names * compareNames(a.method, b.method);
    if (left === null) return 1;
    if (right === null) return -1;
    return sign * (left - right);
  });
}
