/** From the API's answer to the plain rows that the table in the browser needs, and no more. */
import type { BoardQuery as BoardAnswer, Direction, Family, Provenance } from "../../../generated/graphql";

type Leaderboard = BoardAnswer["leaderboard"];

export interface BoardColumn {
  readonly id: string;
  /** What tells this column from the others. */
  readonly label: string;
  readonly title: string;
  readonly unit: string;
  readonly direction: Direction;
  readonly digits: number;
  readonly ranked: boolean;
  readonly mixedProtocols: boolean;
}

export interface BoardCell {
  readonly value: number | null;
  readonly interval: { lower: number; upper: number } | null;
  readonly provenance: Provenance | null;
  readonly source: string | null;
  readonly sampleSize: number | null;
  readonly place: number | null;
  readonly differentProtocol: boolean;
  readonly runId: string | null;
}

export interface BoardRow {
  readonly slug: string;
  readonly name: string;
  readonly family: Family;
  readonly rank: number | null;
  readonly aggregate: number | null;
  readonly missing: readonly string[];
  readonly cells: readonly BoardCell[];
}

type Part = (column: Leaderboard["columns"][number]) => string;

const parts: readonly Part[] = [
  ({ measure }) => measure.setting.title,
  ({ measure }) => measure.dataset.title,
  ({ measure }) => measure.metric.title,
];

/** A header says only what varies between the columns; a board of one column says its dataset. */
function labels(columns: Leaderboard["columns"]): string[] {
  const distinct = (part: Part, among: Leaderboard["columns"]) => new Set(among.map(part)).size;
  const varying = parts.filter((part) => distinct(part, columns) > 1);
  if (varying.length === 0) return columns.map(({ measure }) => measure.dataset.title);
  // A part earns its place where the ones before it do not tell the columns apart.
  const order = [parts[1], parts[0], parts[2]].filter(
    (part) => part !== undefined && varying.includes(part),
  ) as Part[];
  const chosen: Part[] = [];
  const label = (column: Leaderboard["columns"][number]) => chosen.map((part) => part(column)).join(", ");
  for (const part of order) {
    if (new Set(columns.map(label)).size === columns.length && chosen.length > 0) break;
    chosen.push(part);
  }
  return columns.map(label);
}

export function boardColumns(board: Leaderboard): BoardColumn[] {
  const names = labels(board.columns);
  return board.columns.map(({ measure, ranked, fingerprints }, index) => ({
    id: measure.slug,
    label: names[index] ?? measure.title,
    title: measure.title,
    unit: measure.metric.unit,
    direction: measure.metric.direction,
    digits: measure.metric.digits,
    ranked,
    mixedProtocols: fingerprints.length > 1,
  }));
}

export function boardRows(board: Leaderboard): BoardRow[] {
  return board.edges.map(({ rank, node }) => ({
    slug: node.method.slug,
    name: node.method.name,
    family: node.method.family,
    rank: rank ?? null,
    aggregate: node.aggregate ?? null,
    missing: node.missing.map((measure) => measure.title),
    cells: node.cells.map((cell) => ({
      value: cell.value ?? null,
      interval: cell.interval ?? null,
      provenance: cell.provenance ?? null,
      source: cell.source ?? null,
      sampleSize: cell.sampleSize ?? null,
      place: cell.place ?? null,
      differentProtocol: cell.differentProtocol,
      runId: cell.runId ?? null,
    })),
  }));
}
