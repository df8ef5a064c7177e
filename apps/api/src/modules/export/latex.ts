/**
 * A board as a LaTeX table (booktabs): best in bold and second best underlined in each column, ties too; intervals
 * where they are known; a caption that says of which moment it is.
 */
import type { BoardAnswer } from "../leaderboard/service.ts";
import type { Entry } from "../ledger/entries.ts";

const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  // After a row's end these two would be read as its options.
  "[": "{[}",
  "*": "{*}",
};

/** Text on one line, without a sign that LaTeX acts on. */
export const escapeLatex = (text: string) =>
  text.replace(/\p{Cc}+/gu, " ").replace(/[\\~^<>|[*]|[&%$#_{}]/g, (sign) => SPECIAL[sign] ?? `\\${sign}`);

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

export function boardAsLatex(board: BoardAnswer, moment: Date): string {
  const { columns, rows, suite, position } = board;
  const heads = columns.map(({ measure }) => {
    const arrow = { HIGHER: " $\\uparrow$", LOWER: " $\\downarrow$", NEITHER: "" }[measure.metric.direction];
    return `${escapeLatex(measure.dataset.title)} ${escapeLatex(measure.metric.title)} (${escapeLatex(measure.metric.unit)})${arrow}`;
  });
  const digits =
    board.aggregate === "MEAN" ? (columns.find(({ ranked }) => ranked)?.measure.metric.digits ?? 2) : 2;
  const [firstRank, secondRank] = bestAggregates(rows);
  const lines = rows.map((row) => {
    const cells = row.cells.map(({ cell, column }) => {
      if (!cell) return "--";
      const { digits: places } = column.measure.metric;
      const { value } = cell.entry;
      return `${mark(value, column.best, column.secondBest, value.toFixed(places))}${interval(cell.entry, places)}`;
    });
    const aggregate =
      row.aggregate === null || row.rank === null
        ? "--"
        : mark(row.rank, firstRank, secondRank, row.aggregate.toFixed(digits));
    return `${[row.rank ?? "--", escapeLatex(row.method.name), ...cells, aggregate].join(" & ")} \\\\`;
  });
  const note = `Best in bold, second best underlined. transferboard, ledger position ${position}, ${moment.toISOString().slice(0, 10)}.`;
  return `% ${suite.slug}, as of ${moment.toISOString()}, ledger position ${position}. Needs booktabs.
\\begin{table}
\\centering
\\caption{${escapeLatex(suite.title)}. ${note}}
\\label{tab:${suite.slug.replace(/[^a-z0-9]+/gi, "-")}}
\\begin{tabular}{rl${"r".repeat(columns.length + 1)}}
\\toprule
${["Rank", "Method", ...heads, escapeLatex(board.aggregate)].join(" & ")} \\\\
\\midrule
${lines.join("\n")}
\\bottomrule
\\end{tabular}
\\end{table}
`;
}
