/** The answer to a claim's question at one moment of the ledger: a value, and a 95% interval where there can be one. */
import { Z_95 } from "@transferboard/eval-core/metrics";
import { type Answer, type Question, rankIntervals, type Variable } from "@transferboard/eval-core/record";
import type { Context } from "../../context.ts";
import { BadInput, UnknownSlug } from "../../errors.ts";
import { answerCorrelation } from "../correlation/service.ts";
import type { BoardCell, BoardRow } from "../leaderboard/board.ts";
import { type BoardAnswer, rankBoard } from "../leaderboard/service.ts";
import { shownWithPredictions } from "../predictions/significance.ts";

export type Answered =
  | { readonly answer: Answer; readonly reason: null }
  | { readonly answer: null; readonly reason: string };

const none = (reason: string): Answered => ({ answer: null, reason });
const some = (value: number, interval: Answer["interval"]): Answered => ({
  answer: { value, interval },
  reason: null,
});

/** Of a cell's interval; null without one. */
function standardErrorOf({ cell }: BoardCell): number | null {
  if (cell?.entry.lower == null || cell.entry.upper == null) return null;
  return (cell.entry.upper - cell.entry.lower) / (2 * Z_95);
}

const slugOf = (variable: Variable) => ("suite" in variable ? variable.suite : variable.measure);

/** A board of one measure, or of a suite's ranked ones, with the rows that are asked about loaded. */
async function boardOf(variable: Variable, asOf: Date | null, context: Context): Promise<BoardAnswer> {
  return rankBoard({ suite: slugOf(variable), asOf, among: "COMPARABLE" }, context);
}

function rowOf(board: BoardAnswer, slug: string): BoardRow | undefined {
  return board.rows.find(({ method }) => method.slug === slug);
}

const rankedCells = (board: BoardAnswer, row: BoardRow): BoardCell[] =>
  row.cells.filter(({ column }) => board.suite.rankedBy.includes(column.measure));

/** The mean over the ranked columns, and its standard error where every cell has one. */
function meanOf(board: BoardAnswer, row: BoardRow): { value: number; error: number | null } | null {
  const cells = rankedCells(board, row);
  if (cells.some(({ cell }) => cell === null)) return null;
  const errors = cells.map(standardErrorOf);
  const value = cells.reduce((sum, { cell }) => sum + cell!.entry.value, 0) / cells.length;
  const error = errors.includes(null)
    ? null
    : Math.sqrt(errors.reduce<number>((sum, own) => sum + own! ** 2, 0)) / cells.length;
  return { value, error };
}

/** From predictions of the same images, where both have them: the difference with its paired bootstrap. */
async function pairedAnswer(
  board: BoardAnswer,
  [a, b]: readonly [BoardRow, BoardRow],
  asOf: Date | null,
  context: Context,
): Promise<Answered | null> {
  const [measure, ...more] = board.suite.rankedBy;
  if (!measure || more.length > 0) return null;
  const backed = await shownWithPredictions([measure], [a.method, b.method], context, asOf);
  const [first, second] = [a, b].map(({ method }) =>
    backed.find(({ entry }) => entry.methodId === method.id),
  );
  if (!first || !second || first.file.testSet !== second.file.testSet) return null;
  const { metric, testSet } = first;
  const pair = [first.file.predictions, second.file.predictions] as const;
  const { difference, bootstrap } = await context.statistics.compute(
    "pair",
    { metric, pair, testSet, draws: {} },
    context.signal,
  );
  const lowerIsBetter = measure.metric.direction === "LOWER";
  return lowerIsBetter
    ? some(-difference, { lower: -bootstrap.upper, upper: -bootstrap.lower })
    : some(difference, bootstrap);
}

async function compare(
  { a, b, variable }: Extract<Question, { kind: "compare" }>,
  asOf: Date | null,
  context: Context,
): Promise<Answered> {
  const board = await boardOf(variable, asOf, context);
  const units = new Set(board.suite.rankedBy.map(({ metric }) => metric.unit));
  if (units.size > 1) return none("The suite's measures have different units: their mean says nothing.");
  const rows = [rowOf(board, a), rowOf(board, b)];
  await board.load(rows.filter((row) => row !== undefined));
  const [first, second] = rows.map((row) => (row ? meanOf(board, row) : null));
  if (!first || !second) return none(`${!first ? a : b} has no value in ${slugOf(variable)}.`);
  const paired = await pairedAnswer(board, [rows[0]!, rows[1]!], asOf, context);
  if (paired) return paired;
  const sign = board.suite.rankedBy[0]!.metric.direction === "LOWER" ? -1 : 1;
  const value = sign * (first.value - second.value);
  if (first.error === null || second.error === null) return some(value, null);
  const half = Z_95 * Math.hypot(first.error, second.error);
  return some(value, { lower: value - half, upper: value + half });
}

async function rank(
  { method, variable }: Extract<Question, { kind: "rank" }>,
  asOf: Date | null,
  context: Context,
): Promise<Answered> {
  const board = await boardOf(variable, asOf, context);
  const row = rowOf(board, method);
  if (row?.rank == null) return none(`${method} has no rank in ${slugOf(variable)}.`);
  const ranked = board.rows.filter((one) => one.rank !== null);
  if (board.aggregate !== "MEAN") return some(row.rank, null);
  await board.load(ranked);
  const cells = ranked.map((one) => rankedCells(board, one));
  const sign = board.direction === "LOWER" ? -1 : 1;
  const intervals = rankIntervals(
    {
      values: cells.map((own) => own.map(({ cell }) => sign * cell!.entry.value)),
      standardErrors: cells.map((own) => own.map((one) => standardErrorOf(one) ?? 0)),
    },
    "suite" in variable ? "both" : "images",
  );
  const at = ranked.indexOf(row);
  return some(row.rank, { lower: intervals.lower[at]!, upper: intervals.upper[at]! });
}

async function value(
  { method, measure }: Extract<Question, { kind: "value" }>,
  asOf: Date | null,
  context: Context,
): Promise<Answered> {
  const board = await boardOf({ measure }, asOf, context);
  const row = rowOf(board, method);
  if (!row) return none(`${method} has no value in ${measure}.`);
  await board.load([row]);
  const entry = row.cells[0]?.cell?.entry;
  if (!entry) return none(`${method} has no value in ${measure}.`);
  const known = entry.lower !== null && entry.upper !== null;
  return some(entry.value, known ? { lower: entry.lower!, upper: entry.upper! } : null);
}

async function correlation(
  { x, y, coefficient, raw }: Extract<Question, { kind: "correlation" }>,
  asOf: Date | null,
  context: Context,
): Promise<Answered> {
  const options = {
    transform: raw ? "NONE" : "LOGIT",
    coefficient: coefficient.toUpperCase() as "PEARSON" | "SPEARMAN" | "KENDALL",
    orient: false,
    asOf,
  } as const;
  const { statistic } = await answerCorrelation({ x, y }, options, context);
  if (statistic.coefficient === null) return none(statistic.reason ?? "Too few methods have both.");
  return some(statistic.coefficient, statistic.interval);
}

/**
 * @param asOf null for now
 * @throws CallerError for a name that nothing has
 */
export function answerQuestion(question: Question, asOf: Date | null, context: Context): Promise<Answered> {
  switch (question.kind) {
    case "correlation":
      return correlation(question, asOf, context);
    case "compare":
      return compare(question, asOf, context);
    case "rank":
      return rank(question, asOf, context);
    case "value":
      return value(question, asOf, context);
  }
}

/** As `answerQuestion`, for a claim that is stored: a name that is gone is a reason. */
export async function answerStored(question: Question, asOf: Date, context: Context): Promise<Answered> {
  try {
    return await answerQuestion(question, asOf, context);
  } catch (error) {
    // What passes, such as a server that stops, must not be kept as the claim's state.
    if (error instanceof UnknownSlug || error instanceof BadInput) return none(error.message);
    throw error;
  }
}
