/**
 * A board as a LaTeX table (booktabs): best in bold and second best underlined in each column, ties too; a dagger where a
 * cell's protocol is not its column's; intervals where they are known; a caption that says of which moment it is.
 */
import { type BoardCell, type BoardColumn, type BoardRow, nameOfRow } from "../leaderboard/board.ts";
import { type BoardAnswer, batchesOf } from "../leaderboard/service.ts";
import type { Entry } from "../ledger/entries.ts";
import { AGGREGATE_NAMES } from "./cite.ts";
import { beyondPdfLatex, escapeLatex } from "./latex-text.ts";

/** Of a line of LaTeX's article, and of its parts, in points: near enough to tell whether a table fits. */
const LINE = 345;
const LETTER = 5;
const SMALL_LETTER = 3.9;
const GAP = 12;
const RANK_AND_AGGREGATE = 90;
const TURNED_HEAD = 20;

const ARROWS = { HIGHER: " $\\uparrow$", LOWER: " $\\downarrow$", NEITHER: "" } as const;
const DAGGER = "$^{\\dagger}$";
const SELF_REPORTED = "$^{s}$";

function mark(value: number, best: number | null, secondBest: number | null, shown: string): string {
  if (value === best) return `\\textbf{${shown}}`;
  return value === secondBest ? `\\underline{${shown}}` : shown;
}

/** ` $\pm$ 0.75` where both ends lie as far off, to the digits shown; else the ends. */
function interval({ value, lower, upper }: Entry, digits: number): string {
  if (lower === null || upper === null) return "";
  const [below, above] = [(value - lower).toFixed(digits), (upper - value).toFixed(digits)];
  if (below === above) return ` {\\scriptsize $\\pm$ ${below}}`;
  return ` {\\scriptsize (${lower.toFixed(digits)} to ${upper.toFixed(digits)})}`;
}

/** The two best of the aggregates, by their ranks: rank 1, and the next rank that somebody has. */
function bestAggregates(rows: BoardAnswer["rows"]): [number | null, number | null] {
  const ranks = [...new Set(rows.flatMap(({ rank }) => rank ?? []))].sort((a, b) => a - b);
  return [ranks[0] ?? null, ranks[1] ?? null];
}

/** Whether it is not under the protocol that most of its column have. */
const differs = ({ cell, column: { fingerprints } }: BoardCell): boolean =>
  cell !== null && fingerprints.length > 0 && cell.entry.fingerprint !== fingerprints[0];

const unitOf = ({ measure: { metric } }: BoardColumn) =>
  `${escapeLatex(metric.title)} (${escapeLatex(metric.unit)})${ARROWS[metric.direction]}`;

/** The dataset over the metric, so that a column is about as wide as its numbers; turned where that is not enough. */
function head(column: BoardColumn, turned: boolean): string {
  const side = turned ? "l" : "r";
  const stack = `\\shortstack[${side}]{${escapeLatex(column.measure.dataset.title)}\\\\ \\scriptsize ${unitOf(column)}}`;
  return turned ? `\\rotatebox{90}{${stack}}` : stack;
}

/** What the head of a table has to know of its cells. */
interface Glance {
  /** Of the widest number of each column. */
  readonly numbers: readonly number[];
  /** Whether a cell is not under its column's protocol. */
  readonly marked: boolean;
  /** Whether a value is self-reported. */
  readonly claimed: boolean;
}

async function glanceAt(board: BoardAnswer): Promise<Glance> {
  const numbers = board.columns.map(() => (board.rows.length > 0 ? 2 * LETTER : 0));
  let marked = false;
  let claimed = false;
  for await (const rows of batchesOf(board)) {
    for (const { cells } of rows) {
      for (const [i, boardCell] of cells.entries()) {
        const entry = boardCell.cell?.entry;
        if (!entry) continue;
        const { digits } = boardCell.column.measure.metric;
        const aside = entry.lower === null ? 0 : (digits + 4) * SMALL_LETTER;
        numbers[i] = Math.max(numbers[i]!, entry.value.toFixed(digits).length * LETTER + aside);
        marked ||= differs(boardCell);
        claimed ||= entry.provenance === "SELF_REPORTED";
      }
    }
  }
  return { numbers, marked, claimed };
}

/** About how wide the table is, its heads upright or turned. */
function widthOf({ columns, rows }: BoardAnswer, { numbers }: Glance, turned: boolean): number {
  const longest = rows.reduce((most, row) => Math.max(most, nameOfRow(row).length), 0);
  const widths = columns.map(({ measure: { dataset, metric } }, i) => {
    const heads = turned
      ? TURNED_HEAD
      : Math.max(
          dataset.title.length * LETTER,
          (metric.title.length + metric.unit.length + 5) * SMALL_LETTER,
        );
    return Math.max(heads, numbers[i]!) + GAP;
  });
  return RANK_AND_AGGREGATE + longest * LETTER + widths.reduce((sum, width) => sum + width, 0);
}

function shown(boardCell: BoardCell): string {
  const { cell, column } = boardCell;
  if (!cell) return "--";
  const { digits } = column.measure.metric;
  const { value } = cell.entry;
  const compared = column.comparesAll || !differs(boardCell);
  const number = compared
    ? mark(value, column.best, column.secondBest, value.toFixed(digits))
    : value.toFixed(digits);
  return `${number}${interval(cell.entry, digits)}${cell.entry.provenance === "SELF_REPORTED" ? SELF_REPORTED : ""}${differs(boardCell) ? DAGGER : ""}`;
}

function captionOf(
  { suite, position, question }: BoardAnswer,
  { marked, claimed }: Glance,
  moment: Date,
): string {
  const ranksAll = question.among === "ALL";
  const other = marked
    ? ` ${DAGGER} Not under the protocol of most of the column, or under one that is not known${ranksAll ? "" : ": not ranked and not marked"}.`
    : "";
  const day = moment.toISOString().slice(0, 10);
  return `${escapeLatex(suite.title)}. Best in bold, second best underlined.${other}${claimed ? ` ${SELF_REPORTED} Self-reported.` : ""} transferboard, ledger position ${position}, ${day}.`;
}

/** In parts; what stands before the rows is made of a first look at all of them. */
export async function* boardAsLatex(
  board: BoardAnswer,
  { asOf: moment }: { asOf: Date },
): AsyncGenerator<string> {
  const { columns, rows, suite, position } = board;
  await Promise.all(columns.map((column) => column.withFingerprints(() => undefined)));
  const glance = await glanceAt(board);
  const aggregate = AGGREGATE_NAMES[board.aggregate];
  const [upright, narrow] = [widthOf(board, glance, false), widthOf(board, glance, true)];
  // Heads that are no wider than their numbers stay as they are.
  const turned = upright > LINE && narrow < 0.9 * upright;
  const wide = (turned ? narrow : upright) > LINE;
  const heads = [
    ...["Rank", "Method"],
    ...columns.map((column) => head(column, turned)),
    aggregate[0]!.toUpperCase() + aggregate.slice(1),
  ];
  const begin = `\\begin{table}
\\centering
\\caption{${captionOf(board, glance, moment)}}
\\label{tab:${suite.slug.replace(/[^a-z0-9]+/gi, "-")}}
${wide ? "\\resizebox{\\linewidth}{!}{%\n" : ""}\\begin{tabular}{rl${"r".repeat(columns.length + 1)}}
\\toprule
${heads.join(" & ")} \\\\
\\midrule
`;
  // Cells are numbers and signs of ours: of a row only the name can be beyond a font.
  const names = rows.map((row) => escapeLatex(nameOfRow(row)));
  const beyond = beyondPdfLatex(begin + names.join("\n"));
  const engine =
    beyond.length > 0 ? ` pdfLaTeX cannot print ${beyond.join(" ")}: take XeLaTeX or LuaLaTeX.` : "";
  const packages = turned || wide ? "booktabs and graphicx" : "booktabs";
  yield `% ${suite.slug}, as of ${moment.toISOString()}, ledger position ${position}. Needs ${packages}.${engine}\n${begin}`;
  const lineOf = lines(board);
  for await (const batch of batchesOf(board)) yield batch.map((row) => `${lineOf(row)}\n`).join("");
  yield `\\bottomrule
\\end{tabular}${wide ? "}" : ""}
\\end{table}
`;
}

function lines({ aggregate, columns, rows }: BoardAnswer): (row: BoardRow) => string {
  const digits =
    aggregate === "MEAN" ? (columns.find(({ ranked }) => ranked)?.measure.metric.digits ?? 2) : 2;
  const [firstRank, secondRank] = bestAggregates(rows);
  return (row) => {
    const last =
      row.aggregate === null || row.rank === null
        ? "--"
        : mark(row.rank, firstRank, secondRank, row.aggregate.toFixed(digits));
    const cells = [row.rank ?? "--", escapeLatex(nameOfRow(row)), ...row.cells.map(shown), last];
    return `${cells.join(" & ")} \\\\`;
  };
}
