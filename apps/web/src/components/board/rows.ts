/** From the API's answer to the plain rows that the table in the browser needs, and no more. */
import type {
  Aggregate,
  BoardQuery as BoardAnswer,
  Direction,
  Family,
  Provenance,
} from "../../../generated/graphql";
import { cellCard, columnCard, methodCard } from "../../lib/cards";

type Leaderboard = BoardAnswer["leaderboard"];

export interface BoardColumn {
  readonly id: string;
  /** The setting, where the board has more than one: it heads its columns together. */
  readonly group: string | null;
  /** What tells this column from the others of its group. */
  readonly label: string;
  readonly title: string;
  readonly unit: string;
  readonly direction: Direction;
  readonly digits: number;
  readonly ranked: boolean;
  readonly mixedProtocols: boolean;
  /** The protocol of most of its cells. */
  readonly protocol: string | null;
  readonly card: string;
}

/** What is not known of a cell is left out: a page has thousands of them, and sends each twice. */
export interface BoardCell {
  readonly value: number | null;
  readonly interval?: { lower: number; upper: number };
  readonly provenance?: Provenance;
  readonly place?: number;
  readonly differentProtocol?: boolean;
  /** Its protocol, where it is not the one of most of the column. */
  readonly otherProtocol?: string;
  readonly runId?: string;
  readonly reproduction?: Reproduction;
  readonly card?: string;
  /** What other values predict, where there is none: asked for by the reader, never ranked. */
  readonly ghost?: Ghost;
}

/** What other values predict for an empty cell, with the 95% interval of a measurement. */
export interface Ghost {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

type Reproduction = NonNullable<Leaderboard["edges"][number]["node"]["cells"][number]["reproduction"]>;

export interface BoardRow {
  /** Of the row: a method may have several, one a readout. */
  readonly id: string;
  readonly slug: string;
  /** How the features of its values were read out of the backbone; empty where no protocol says. */
  readonly readouts: readonly string[];
  readonly name: string;
  readonly family: Family;
  readonly rank: number | null;
  /** The groups of neighbours that it cannot be told apart from, by their predictions. */
  readonly ties: readonly string[];
  /** Whether another row has the same rank. */
  readonly tied: boolean;
  readonly aggregate: number | null;
  /** Its rank by each of the aggregates. */
  readonly ranks: readonly { aggregate: Aggregate; rank: number }[];
  /** Where its rank lies over resampled datasets, and which rows it cannot be told apart from. */
  readonly interval: { lower: number; upper: number; group: number } | null;
  readonly missing: readonly string[];
  readonly incomparable: readonly string[];
  readonly rankAmongAll: number | null;
  readonly cells: readonly BoardCell[];
  readonly card: string;
}

/** What a heading is made of. */
interface Named {
  readonly measure: Readonly<Record<"setting" | "dataset" | "metric", { readonly title: string }>>;
}

const dataset = ({ measure }: Named) => measure.dataset.title;
const metric = ({ measure }: Named) => measure.metric.title;
const setting = ({ measure }: Named) => measure.setting.title;

/** A header says only what varies: the dataset, unless all columns share it and the metrics tell them apart. */
export function labelsOf(columns: readonly Named[]): string[] {
  const distinct = (part: (column: Named) => string) => new Set(columns.map(part)).size;
  if (distinct(dataset) === 1 && distinct(metric) > 1) return columns.map(metric);
  const both = (column: Named) => `${setting(column)} ${dataset(column)}`;
  if (distinct(both) === columns.length) return columns.map(dataset);
  return columns.map((column) => `${dataset(column)}, ${metric(column)}`);
}

export function boardColumns(board: Leaderboard): BoardColumn[] {
  const names = labelsOf(board.columns);
  const several = new Set(board.columns.map(setting)).size > 1;
  return board.columns.map(({ measure, ranked, fingerprints }, index) => ({
    id: measure.slug,
    group: several ? measure.setting.title : null,
    label: names[index] ?? measure.title,
    title: measure.title,
    unit: measure.metric.unit,
    direction: measure.metric.direction,
    digits: measure.metric.digits,
    ranked,
    mixedProtocols: fingerprints.length > 1,
    protocol: fingerprints[0] ?? null,
    card: columnCard({ ...measure.metric, title: measure.title, dataset: measure.dataset, ranked }),
  }));
}

export function boardRows(
  board: Leaderboard,
  ties: ReadonlyMap<string, readonly string[]> = new Map(),
): BoardRow[] {
  const sharing = new Map<number | null | undefined, number>();
  for (const { rank } of board.edges) sharing.set(rank, (sharing.get(rank) ?? 0) + 1);
  return board.edges.map(({ rank, node }) => ({
    id: [node.method.slug, ...node.readouts].join(" "),
    slug: node.method.slug,
    readouts: node.readouts,
    name: node.method.name,
    family: node.method.family,
    rank: rank ?? null,
    ties: ties.get(node.method.slug) ?? [],
    tied: rank != null && (sharing.get(rank) ?? 0) > 1,
    aggregate: node.aggregate ?? null,
    ranks: node.otherRanks.flatMap(({ aggregate, rank: own }) =>
      own == null ? [] : [{ aggregate, rank: own }],
    ),
    interval: node.rankInterval ?? null,
    missing: node.missing.map((measure) => measure.title),
    incomparable: node.incomparable.map((measure) => measure.title),
    rankAmongAll: node.rankAmongAll ?? null,
    card: methodCard(node.method),
    cells: node.cells.map((cell, index) => {
      const measure = board.columns[index]?.measure;
      const value = cell.value ?? null;
      if (value === null || !measure) return { value };
      const { interval, provenance, place, runId, reproduction } = cell;
      return {
        value,
        ...(interval && { interval }),
        ...(provenance && { provenance }),
        ...(place != null && { place }),
        ...(cell.differentProtocol && {
          differentProtocol: true,
          ...(cell.fingerprint && { otherProtocol: cell.fingerprint }),
        }),
        ...(runId && { runId }),
        ...(reproduction && { reproduction }),
        card: cellCard(node.method.name, {
          value,
          digits: measure.metric.digits,
          unit: measure.metric.unit,
          interval: interval ?? null,
          sampleSize: cell.sampleSize ?? null,
          provenance: provenance ?? null,
          source: cell.source ?? null,
          differentProtocol: cell.differentProtocol,
          protocol: cell.fingerprint ?? null,
          supersedes: cell.supersedes ?? null,
        }),
      };
    }),
  }));
}

/** Which marks occur, so that a legend explains those and no others. */
export interface Marks {
  readonly selfReported: boolean;
  readonly reproduced: boolean;
  readonly otherProtocol: boolean;
  readonly mixedProtocols: boolean;
  readonly intervals: boolean;
  readonly ranges: boolean;
  readonly ties: boolean;
  readonly bars: boolean;
  readonly unranked: boolean;
}

export function marksOf(rows: readonly BoardRow[], columns: readonly BoardColumn[]): Marks {
  const cells = rows.flatMap((row) => row.cells);
  return {
    selfReported: cells.some(({ provenance }) => provenance === "SELF_REPORTED"),
    reproduced: cells.some(({ provenance }) => provenance === "REPRODUCED"),
    otherProtocol: cells.some(({ differentProtocol }) => differentProtocol),
    mixedProtocols: columns.some(({ mixedProtocols }) => mixedProtocols),
    intervals: cells.some(({ interval }) => interval),
    ranges: columns.length > 1 && rows.some(({ interval }) => interval && interval.lower < interval.upper),
    ties: rows.some(({ tied }) => tied),
    bars: rows.some(({ ties }) => ties.length > 0),
    unranked: rows.some(({ rank }) => rank === null),
  };
}
