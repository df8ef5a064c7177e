/** A board as a LaTeX table (booktabs): best in bold and second best underlined in each column, ties too. */
import type { BoardAnswer } from "../leaderboard/service.ts";

const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};

export const escapeLatex = (text: string) =>
  text.replace(/[\\~^]|[&%$#_{}]/g, (sign) => SPECIAL[sign] ?? `\\${sign}`);

export function boardAsLatex(board: BoardAnswer): string {
  const { columns, rows, suite, position, asOf } = board;
  const heads = columns.map(({ measure }) => {
    const arrow = { HIGHER: " $\\uparrow$", LOWER: " $\\downarrow$", NEITHER: "" }[measure.metric.direction];
    return `${escapeLatex(measure.dataset.title)} ${escapeLatex(measure.metric.title)} (${escapeLatex(measure.metric.unit)})${arrow}`;
  });
  const digits =
    board.aggregate === "MEAN" ? (columns.find(({ ranked }) => ranked)?.measure.metric.digits ?? 2) : 2;
  const lines = rows.map((row) => {
    const cells = row.cells.map(({ cell, column }) => {
      if (!cell) return "--";
      const { value } = cell.entry;
      const shown = value.toFixed(column.measure.metric.digits);
      if (value === column.best) return `\\textbf{${shown}}`;
      return value === column.secondBest ? `\\underline{${shown}}` : shown;
    });
    const aggregate = row.aggregate === null ? "--" : row.aggregate.toFixed(digits);
    return `${[row.rank ?? "--", escapeLatex(row.method.name), ...cells, aggregate].join(" & ")} \\\\`;
  });
  const moment = asOf ? `as of ${asOf.toISOString()}` : "current";
  return `% ${suite.slug}, ${moment}, ledger position ${position}. Needs booktabs.
\\begin{tabular}{rl${"r".repeat(columns.length + 1)}}
\\toprule
${["Rank", "Method", ...heads, escapeLatex(board.aggregate)].join(" & ")} \\\\
\\midrule
${lines.join("\n")}
\\bottomrule
\\end{tabular}
`;
}
