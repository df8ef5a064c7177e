/**
 * A board as a LaTeX table (booktabs): best in bold and second best underlined in each column, ties too; a dagger where a
 * cell's protocol is not its column's; intervals where they are known; a caption that says of which moment it is.
 */
import type { BoardCell, BoardColumn } from "../leaderboard/board.ts";
import type { BoardAnswer } from "../leaderboard/service.ts";
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

/** About how wide the table is, its heads upright or turned. */
function widthOf({ columns, rows }: BoardAnswer, turned: boolean): number {
  const longest = Math.max(0, ...rows.map(({ method }) => method.name.length));
  const widths = columns.map(({ measure: { dataset, metric } }, i) => {
    const heads = turned
      ? TURNED_HEAD
      : Math.max(
          dataset.title.length * LETTER,
          (metric.title.length + metric.unit.length + 5) * SMALL_LETTER,
        );
    const numbers = rows.map(({ cells }) => {
      const entry = cells[i]?.cell?.entry;
      if (!entry) return 2 * LETTER;
      const aside = entry.lower === null ? 0 : (metric.digits + 4) * SMALL_LETTER;
      return entry.value.toFixed(metric.digits).length * LETTER + aside;
    });
    return Math.max(heads, ...numbers) + GAP;
  });
  return RANK_AND_AGGREGATE + longest * LETTER + widths.reduce((sum, width) => sum + width, 0);
}

function shown(boardCell: BoardCell): string {
  const { cell, column } = boardCell;
  if (!cell) return "--";
  const { digits } = column.measure.metric;
  const { value } = cell.entry;
  const number = mark(value, column.best, column.secondBest, value.toFixed(digits));
  return `${number}${interval(cell.entry, digits)}${differs(boardCell) ? DAGGER : ""}`;
}

function captionOf({ suite, rows, position }: BoardAnswer, moment: Date): string {
  const other = rows.some(({ cells }) => cells.some(differs))
    ? ` ${DAGGER} Not under the protocol of most of the column, or under one that is not known.`
    : "";
  const day = moment.toISOString().slice(0, 10);
  return `${escapeLatex(suite.title)}. Best in bold, second best underlined.${other} transferboard, ledger position ${position}, ${day}.`;
}

export function boardAsLatex(board: BoardAnswer, moment: Date): string {
  const { columns, rows, suite, position } = board;
  const digits =
    board.aggregate === "MEAN" ? (columns.find(({ ranked }) => ranked)?.measure.metric.digits ?? 2) : 2;
  const [firstRank, secondRank] = bestAggregates(rows);
  const lines = rows.map((row) => {
    const aggregate =
      row.aggregate === null || row.rank === null
        ? "--"
        : mark(row.rank, firstRank, secondRank, row.aggregate.toFixed(digits));
    const cells = [row.rank ?? "--", escapeLatex(row.method.name), ...row.cells.map(shown), aggregate];
    return `${cells.join(" & ")} \\\\`;
  });
  const aggregate = AGGREGATE_NAMES[board.aggregate];
  const [upright, narrow] = [widthOf(board, false), widthOf(board, true)];
  // Heads that are no wider than their numbers stay as they are.
  const turned = upright > LINE && narrow < 0.9 * upright;
  const wide = (turned ? narrow : upright) > LINE;
  const heads = [
    ...["Rank", "Method"],
    ...columns.map((column) => head(column, turned)),
    aggregate[0]!.toUpperCase() + aggregate.slice(1),
  ];
  const table = `\\begin{table}
\\centering
\\caption{${captionOf(board, moment)}}
\\label{tab:${suite.slug.replace(/[^a-z0-9]+/gi, "-")}}
${wide ? "\\resizebox{\\linewidth}{!}{%\n" : ""}\\begin{tabular}{rl${"r".repeat(columns.length + 1)}}
\\toprule
${heads.join(" & ")} \\\\
\\midrule
${lines.join("\n")}
\\bottomrule
\\end{tabular}${wide ? "}" : ""}
\\end{table}
`;
  const beyond = beyondPdfLatex(table);
  const engine =
    beyond.length > 0 ? ` pdfLaTeX cannot print ${beyond.join(" ")}: take XeLaTeX or LuaLaTeX.` : "";
  const packages = turned || wide ? "booktabs and graphicx" : "booktabs";
  return `% ${suite.slug}, as of ${moment.toISOString()}, ledger position ${position}. Needs ${packages}.${engine}\n${table}`;
}
