/**
 * All pairs of a board's methods that have predictions of the same test images: which are separated after correction for
 * their number, and so which neighbours in rank are a tie. Several datasets are put together by their means.
 */
import {
  everyPair,
  type ImageMetric,
  type PairTest,
  resolution,
  suiteTest,
  type TieGroups,
  tieGroups,
} from "@transferboard/eval-core/record";
import { benjaminiHochberg, holm } from "@transferboard/eval-core/stats";
import type { Context } from "../../context.ts";
import type { Tasks } from "../../statistics/tasks.ts";
import type { Measure, Method } from "../catalogue/entities.ts";
import type { BoardRow } from "../leaderboard/board.ts";
import type { BoardAnswer } from "../leaderboard/service.ts";
import { type Backed, backedEntries, onOneTestSet } from "./find.ts";

export interface MethodPair {
  readonly a: Method;
  readonly b: Method;
  /** a minus b, in the metric's unit. */
  readonly difference: number;
  readonly standardError: number;
  readonly p: number;
  readonly holm: number;
  readonly benjaminiHochberg: number;
  readonly separated: boolean;
}

export interface PairTable {
  /** With predictions, in the board's order. */
  readonly methods: readonly Method[];
  /** Ranked methods without. */
  readonly without: number;
  /** Test images of all measures together. */
  readonly images: number;
  readonly pairs: readonly MethodPair[];
  readonly groups: TieGroups;
  /** The smallest difference that these images show, for a board of one measure. */
  readonly resolution: number | null;
  readonly measure: Measure | null;
  /** Of neighbours in rank, percent of images that only one has right; for accuracies. */
  readonly disagreement: number | null;
}

/** A pair is separated below it, corrected for the number of pairs. */
const LEVEL = 0.05;

/** Pairs of so many methods are tested; above, a reader asks for fewer. */
export const MOST_PAIRED = 60;

/** Null where fewer than two ranked methods have predictions, or ranks are of no mean of differences. */
export async function pairTable(board: BoardAnswer, context: Context): Promise<PairTable | null> {
  const key = `pairs|${JSON.stringify(board.question)}`;
  const size = (made: PairTable | null) => 20 * (made?.pairs.length ?? 1);
  return context.ledger.memoize(await context.snapshot(), key, () => tested(board, context), size);
}

async function tested(board: BoardAnswer, context: Context): Promise<PairTable | null> {
  const { rankedBy } = board.suite;
  const measures = board.columns.map(({ measure }) => measure).filter((one) => rankedBy.includes(one));
  if (measures.length === 0 || (measures.length > 1 && board.aggregate !== "MEAN")) return null;
  const ranked = board.rows.filter(({ rank }) => rank !== null);
  const rows = inOrder(ranked);
  await board.load(rows);
  const entries = rows.flatMap((row) =>
    row.cells.flatMap(({ cell, column }) =>
      cell && measures.includes(column.measure) ? [{ entry: cell.entry, measure: column.measure }] : [],
    ),
  );
  const backed = await backedEntries(entries, context);
  const byMeasure = measures.map((measure) => onOneTestSet(backed.filter((one) => one.measure === measure)));
  const methods = rows
    .map(({ method }) => method)
    .filter(({ id }) => byMeasure.every((own) => own.some(({ entry }) => entry.methodId === id)))
    .slice(0, MOST_PAIRED);
  if (methods.length < 2) return null;
  const own = await Promise.all(byMeasure.map((one) => pairsOf(one, methods, context)));
  const tests = own.map(({ pairs }) => pairs);
  // Detection has no test of a pair.
  if (tests.some((one) => one.length === 0)) return null;
  const joined = tests[0]!.map((first, k): PairTest => {
    if (tests.length === 1) return first;
    return { ...first, ...suiteTest(tests.map((one) => one[k]!)), interval: null };
  });
  const adjusted = holm(joined.map(({ p }) => p));
  const screened = benjaminiHochberg(joined.map(({ p }) => p));
  const pairs = joined.map(
    ({ a, b, difference, p, standardError }, k): MethodPair => ({
      ...{ a: methods[a]!, b: methods[b]!, difference, p, standardError },
      holm: adjusted[k]!,
      benjaminiHochberg: screened[k]!,
      separated: adjusted[k]! < LEVEL,
    }),
  );
  const neighbours = joined.flatMap(({ a, b, standardError }) => (b === a + 1 ? [standardError] : []));
  const count = methods.length;
  // Pairs stand in rows of a triangle: those of the first method, of the second, and so on.
  const at = (a: number, b: number) => a * count - (a * (a + 1)) / 2 + (b - a - 1);
  const images = own.reduce((sum, one) => sum + one.images, 0);
  const [only] = measures;
  return {
    methods,
    without: ranked.length - count,
    images,
    pairs,
    groups: tieGroups(count, (a, b) => pairs[at(Math.min(a, b), Math.max(a, b))]!.separated),
    resolution: measures.length === 1 ? (resolution(neighbours) ?? null) : null,
    measure: measures.length === 1 ? only! : null,
    disagreement: measures.length === 1 ? disagreementOf(own[0]!.metric, neighbours, images) : null,
  };
}

/** McNemar's standard error is 100 √(b + c)/n: of the neighbours' median, how many of the images that is. */
function disagreementOf(metric: ImageMetric, neighbours: readonly number[], images: number): number | null {
  if (metric !== "accuracy" && metric !== "top-5") return null;
  const sorted = neighbours.toSorted((x, y) => x - y);
  const middle = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  return 100 * (middle / 100) ** 2 * images;
}

/** By rank, those of one rank by slug. */
const inOrder = (rows: readonly BoardRow[]): BoardRow[] =>
  rows.toSorted(
    (x, y) =>
      x.rank! - y.rank! || (x.method.slug < y.method.slug ? -1 : x.method.slug > y.method.slug ? 1 : 0),
  );

interface Tested {
  readonly pairs: readonly PairTest[];
  readonly images: number;
  readonly metric: ImageMetric;
}

/** Every pair: accuracies' are counted at once; others are drawn, in a thread. */
export async function testPairs(
  given: Tasks["pairs"]["given"],
  { statistics, signal }: Pick<Context, "statistics" | "signal">,
): Promise<readonly PairTest[]> {
  const { metric, methods, testSet } = given;
  return metric === "accuracy" || metric === "top-5"
    ? everyPair(metric, methods, testSet)
    : statistics.compute("pairs", given, signal);
}

async function pairsOf(
  own: readonly Backed[],
  methods: readonly Method[],
  context: Context,
): Promise<Tested> {
  const files = methods.map(({ id }) => own.find(({ entry }) => entry.methodId === id)!.file.predictions);
  const { metric, testSet } = own[0]!;
  const images = testSet.items.length;
  const pairs = await testPairs({ metric, methods: files, testSet }, context);
  return { pairs, images, metric };
}

/** Letters of the groups that a method is in, from the top of the board; null for one without predictions. */
export function lettersOf({ methods, groups }: PairTable, method: Method): string | null {
  const place = methods.findIndex(({ id }) => id === method.id);
  return place < 0 ? null : groups.letters[place]!;
}
