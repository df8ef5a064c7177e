/**
 * Rows of text under headers, columns aligned: numbers to the right. On a terminal the table is no wider than it: the
 * widest columns of words are wrapped. In a pipe a row stays one line.
 */
import { colours } from "./colour.ts";

export interface Column {
  readonly header: string;
  readonly align?: "left" | "right";
}

const GAP = 2;
/** No column of words is made narrower. */
const LEAST_WIDTH = 12;

/** Columns of a terminal; undefined where the output is none. COLUMNS is what shells and tests say. */
function terminalWidth(): number | undefined {
  if (process.stdout.isTTY !== true) return undefined;
  return process.stdout.columns || Number(process.env.COLUMNS) || 80;
}

export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined = terminalWidth(),
): string {
  const natural = columns.map(({ header }, i) =>
    Math.max(header.length, ...rows.map((row) => (row[i] ?? "").length)),
  );
  const widths = width === undefined ? natural : fitted(columns, natural, width);
  const last = columns.length - 1;
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, i) => {
        const cell = cells[i] ?? "";
        return align === "right" ? cell.padStart(widths[i]!) : i === last ? cell : cell.padEnd(widths[i]!);
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  const lines = (cells: readonly string[]): string[] => {
    const wrapped = columns.map((_, i) => wrap(cells[i] ?? "", widths[i]!));
    const height = Math.max(...wrapped.map(({ length }) => length));
    return Array.from({ length: height }, (_, at) => line(wrapped.map((parts) => parts[at] ?? "")));
  };
  const { bold, dim } = colours(process.stdout);
  // The last column may hold sentences: its rule is as long as its header.
  const rule = widths
    .map((one, i) => "─".repeat(i === last ? Math.min(one, columns[i]!.header.length) : one))
    .join(" ".repeat(GAP))
    .trimEnd();
  const head = lines(columns.map(({ header }) => header));
  return [...head.map(bold), dim(rule), ...rows.flatMap(lines)].join("\n");
}

/** Takes from the widest column of words until all fit; numbers keep their width. */
function fitted(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, one) => sum + one, 0) + GAP * (columns.length - 1) - width;
  for (; over > 0; over--) {
    let widest = -1;
    columns.forEach(({ align }, i) => {
      const shrinks = align !== "right" && widths[i]! > LEAST_WIDTH;
      if (shrinks && (widest < 0 || widths[i]! > widths[widest]!)) widest = i;
    });
    if (widest < 0) break;
    widths[widest]! -= 1;
  }
  return widths;
}

/** Breaks at spaces; a longer word after a slash or a hyphen, and only then anywhere. */
export function wrap(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const lines: string[] = [];
  let line = "";
  const push = (piece: string, space: boolean) => {
    const joined = line === "" ? piece : `${line}${space ? " " : ""}${piece}`;
    if (joined.length <= width) {
      line = joined;
      return;
    }
    if (line !== "") lines.push(line);
    line = piece;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  };
  for (const word of text.split(" ")) {
    const pieces = word.length <= width ? [word] : word.split(/(?<=[/-])/);
    pieces.forEach((piece, i) => {
      push(piece, i === 0);
    });
  }
  return [...lines, line];
}
