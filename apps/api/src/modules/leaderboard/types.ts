/** A board as the API answers it. */
import { builder } from "../../builder.ts";
import { once } from "../../context.ts";
import type { Page } from "../../page.ts";
import { AggregateEnum, DirectionEnum, ProvenanceEnum } from "../catalogue/enums.ts";
import { MeasureRef, SuiteRef } from "../measure/types.ts";
import { MethodRef } from "../method/types.ts";
import type { AggregateRank, BoardColumn, BoardRow } from "./board.ts";
import { CellType } from "./cell-type.ts";
import { citeView } from "./cite-view.ts";
import type { BoardAnswer } from "./service.ts";
import { MOST_RESAMPLED_ROWS, type RankUncertainty, RESAMPLES } from "./uncertainty.ts";

/** A row on a page: what one row's cells need is read for the whole page. */
interface ShownRow {
  readonly row: BoardRow;
  readonly load: () => Promise<void>;
}

export interface LeaderboardShape {
  readonly answer: BoardAnswer;
  readonly page: Page<ShownRow>;
}

export function shownPage(answer: BoardAnswer, page: Page<BoardRow>): Page<ShownRow> {
  const load = once(() => answer.load(page.edges.map(({ node }) => node)));
  return { ...page, edges: page.edges.map(({ cursor, node }) => ({ cursor, node: { row: node, load } })) };
}

const ColumnType = builder.objectRef<BoardColumn>("LeaderboardColumn").implement({
  description: "A column of a board, with what a reader needs to mark.",
  fields: (t) => ({
    measure: t.field({ type: MeasureRef, description: "What it shows.", resolve: ({ measure }) => measure }),
    ranked: t.exposeBoolean("ranked", { description: "Whether the aggregate is made of it." }),
    best: t.exposeFloat("best", {
      nullable: true,
      description: "The best value, of those that are ranked; null where the metric has no better side.",
    }),
    secondBest: t.exposeFloat("secondBest", { nullable: true, description: "The next best value." }),
    fingerprints: t.stringList({
      description:
        "Its protocols, most frequent first; with more than one, cells are not strictly comparable.",
      resolve: (column) => column.withFingerprints((fingerprints) => [...fingerprints]),
    }),
  }),
});

const AggregateRankType = builder.objectRef<AggregateRank>("AggregateRank").implement({
  description: "A row's place under one choice of aggregate.",
  fields: (t) => ({
    aggregate: t.field({
      type: AggregateEnum,
      description: "The choice.",
      resolve: (rank) => rank.aggregate,
    }),
    rank: t.exposeInt("rank", { nullable: true, description: "1 is best; null where it is not defined." }),
    value: t.exposeFloat("value", { nullable: true, description: "The aggregate." }),
  }),
});

const RankIntervalType = builder.objectRef<RankUncertainty>("RankInterval").implement({
  description: `The middle 95% of a row's ranks over ${RESAMPLES} resamples of the board's datasets, with a fixed seed.`,
  fields: (t) => ({
    lower: t.exposeInt("lower", { description: "The best of them." }),
    upper: t.exposeInt("upper", { description: "The worst of them." }),
    group: t.exposeInt("group", {
      description:
        "From 1: rows of one group cannot be told apart from the best of it (a paired bootstrap of the difference, at 95%).",
    }),
  }),
});

const RowType = builder.objectRef<ShownRow>("LeaderboardRow").implement({
  description: "A method on a board.",
  fields: (t) => ({
    method: t.field({
      type: MethodRef,
      description: "Whose row it is.",
      resolve: ({ row }) => row.method,
    }),
    readouts: t.stringList({
      description:
        "How the features of its values were read out of the backbone, each way once; empty where no protocol says.",
      resolve: async ({ row, load }) => {
        await load();
        const ways = row.cells.flatMap(({ cell }) => cell?.entry.readout ?? []);
        return [...new Set(ways)].sort();
      },
    }),
    rank: t.int({
      nullable: true,
      description: "1 is best; equal aggregates share a rank. Null where values are missing.",
      resolve: ({ row }) => row.rank,
    }),
    aggregate: t.float({
      nullable: true,
      description: "The mean or what else was chosen. Null where values are missing.",
      resolve: ({ row }) => row.aggregate,
    }),
    otherRanks: t.field({
      type: [AggregateRankType],
      description:
        "Rank and aggregate under every choice, so that a reader sees how much the order depends on it.",
      resolve: ({ row }) => [...row.otherRanks],
    }),
    cells: t.field({
      type: [CellType],
      description: "One cell a column, in the columns' order.",
      resolve: ({ row, load }) => load().then(() => [...row.cells]),
    }),
    provenances: t.field({
      type: [ProvenanceEnum],
      description: "How its ranked values came to be, each way once.",
      resolve: async ({ row, load }) => {
        await load();
        const ways = row.cells.flatMap(({ cell, column }) =>
          cell && column.ranked ? [cell.entry.provenance] : [],
        );
        return [...new Set(ways)];
      },
    }),
    comparable: t.boolean({
      description: "Whether all of its ranked values are comparable with their columns.",
      resolve: ({ row }) => row.incomparable.length === 0,
    }),
    complete: t.boolean({
      description: "Whether it has a value in every ranked measure.",
      resolve: ({ row }) => row.complete,
    }),
    rankInterval: t.field({
      type: RankIntervalType,
      nullable: true,
      description: `Where its rank lies over resampled datasets; null with fewer than 3 datasets, or more than ${MOST_RESAMPLED_ROWS} ranked methods.`,
      resolve: ({ row }, _, { statistics }) => row.uncertainty(statistics),
    }),
    rankAmongAll: t.int({
      nullable: true,
      description: "Its rank were every value ranked, comparable or not. Null where values are missing.",
      resolve: ({ row }) => row.rankAmongAll,
    }),
    incomparable: t.field({
      type: [MeasureRef],
      description:
        "Ranked measures in which its value is not comparable: why a row that misses nothing has no rank.",
      resolve: ({ row }) => [...row.incomparable],
    }),
    missing: t.field({
      type: [MeasureRef],
      description: "The columns that it has no value in.",
      resolve: ({ row }) => [...row.missing],
    }),
  }),
});

const EdgeType = builder.objectRef<{ cursor: string; node: ShownRow }>("LeaderboardEdge").implement({
  description: "A row with its cursor.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", { description: "Where to go on after this row." }),
    rank: t.int({
      nullable: true,
      description: "1 is best; equal aggregates share a rank. Null where values are missing.",
      resolve: ({ node }) => node.row.rank,
    }),
    node: t.field({ type: RowType, description: "The row.", resolve: ({ node }) => node }),
  }),
});

export const LeaderboardType = builder.objectRef<LeaderboardShape>("Leaderboard").implement({
  description: "Methods ranked by a suite's aggregate. Those with missing values follow, unranked.",
  fields: (t) => ({
    suite: t.field({
      type: SuiteRef,
      description: "What the board is of.",
      resolve: ({ answer }) => answer.suite,
    }),
    aggregate: t.field({
      type: AggregateEnum,
      description: "What it is ranked by.",
      resolve: ({ answer }) => answer.aggregate,
    }),
    direction: t.field({
      type: DirectionEnum,
      description: "Which aggregates are better.",
      resolve: ({ answer }) => answer.direction,
    }),
    reason: t.string({
      nullable: true,
      description: "Why nothing is ranked; null where something is.",
      resolve: ({ answer }) => answer.reason,
    }),
    columns: t.field({
      type: [ColumnType],
      description: "The columns after filtering.",
      resolve: ({ answer }) => [...answer.columns],
    }),
    edges: t.field({
      type: [EdgeType],
      description: "The rows of this page.",
      complexity: { multiplier: 1 },
      resolve: ({ page }) => page.edges,
    }),
    nodes: t.field({
      type: [RowType],
      description: "The rows of this page, without their cursors.",
      complexity: { multiplier: 1 },
      resolve: ({ page }) => page.edges.map(({ node }) => node),
    }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: "Where this page lies.",
      resolve: ({ page }) => page.pageInfo,
    }),
    totalCount: t.int({
      description: "How many rows there are; with `search`, how many it finds.",
      resolve: ({ page: { totalCount } }) => (typeof totalCount === "function" ? totalCount() : totalCount),
    }),
    rankedCount: t.int({
      description: "How many rows are ranked, whatever is searched for.",
      resolve: ({ answer }) => answer.rankedCount,
    }),
    position: t.string({
      description: "The ledger's position that this answer was derived from.",
      resolve: ({ answer }) => answer.position,
    }),
    asOf: t.field({
      type: "DateTime",
      nullable: true,
      description: "The moment that was asked for; null for now.",
      resolve: ({ answer }) => answer.asOf,
    }),
    bibtex: t.string({
      description:
        "This answer as a BibTeX entry: its address leads to the same board, with its filter and order, of the same moment.",
      resolve: async ({ answer }, _, { siteUrl, snapshot }) => {
        const asOf = answer.asOf ?? (await snapshot()).moment;
        return citeView(answer, asOf, siteUrl);
      },
    }),
  }),
});
