/**
 * Where a fault is in the text: its line, its words, and the text that a suggestion replaces. Places are the API's: "row 2,
 * column value" of a CSV file, a JSON pointer of a JSON file.
 */
export interface Place {
  /** From 1; null where the text has no such place. */
  readonly line: number | null;
  /** In the words of the format. */
  readonly words: string;
  /** Where in the text the value itself stands, with its quotes where it has any. */
  readonly range: readonly [start: number, end: number] | null;
}

/** As a text field has it: a form is sent with CRLF, and a file may have either, but both are the same text. */
export const plainLines = (text: string) => text.replace(/\r\n?/g, "\n");

/** The cells of CSV text with where each begins and ends; quoted ones may span lines. */
function cellsOf(text: string): { start: number; end: number }[][] {
  const rows: { start: number; end: number }[][] = [];
  let row: { start: number; end: number }[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i <= text.length; i++) {
    const sign = text[i];
    if (sign === '"') quoted = !quoted;
    if (quoted && i < text.length) continue;
    if (sign !== "," && sign !== "\n" && i < text.length) continue;
    row.push({ start, end: sign === "\n" && text[i - 1] === "\r" ? i - 1 : i });
    start = i + 1;
    if (sign === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

const lineAt = (text: string, offset: number) => text.slice(0, offset).split("\n").length;

function inCsv(text: string, place: string): Place | null {
  const [, number, column] = /^row (\d+)(?:, (?:column )?(.+))?$/.exec(place) ?? [];
  if (!number) return null;
  const rows = cellsOf(text);
  const row = rows[Number(number) - 1];
  if (!row?.[0]) return { line: null, words: place, range: null };
  const first = rows.find((one) => one.some(({ start, end }) => text.slice(start, end).trim() !== ""));
  const header = first?.map(({ start, end }) => text.slice(start, end).trim().toLowerCase()) ?? [];
  const cell = row[column ? header.indexOf(column.toLowerCase()) : -1];
  return {
    line: lineAt(text, cell?.start ?? row[0].start),
    words: place,
    range: cell ? [cell.start, cell.end] : null,
  };
}

/** Finds the value that a JSON pointer leads to by reading the text; null where the text is not JSON up to there. */
function findInJson(text: string, path: readonly string[]): readonly [number, number] | null {
  let at = 0;
  const space = () => {
    while (/\s/.test(text[at] ?? "")) at += 1;
  };
  const string = (): string => {
    const start = at;
    for (at += 1; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at += 1;
    at += 1;
    return JSON.parse(text.slice(start, at)) as string;
  };
  let found: readonly [number, number] | null = null;
  const value = (rest: readonly string[] | null): void => {
    space();
    const start = at;
    const open = text[at];
    if (open === "{" || open === "[") {
      at += 1;
      for (let index = 0; ; index++) {
        space();
        if (text[at] === "}" || text[at] === "]" || at >= text.length) break;
        let key = String(index);
        if (open === "{") {
          key = string();
          space();
          at += 1;
        }
        value(rest && rest[0] === key ? rest.slice(1) : null);
        space();
        if (text[at] === ",") at += 1;
      }
      at += 1;
    } else if (open === '"') string();
    else while (at < text.length && !/[\s,\]}]/.test(text[at] ?? "")) at += 1;
    if (rest?.length === 0) found = [start, at];
  };
  try {
    value(path);
  } catch {
    return null;
  }
  return found;
}

function inJson(text: string, place: string): Place | null {
  if (!place.startsWith("/")) return null;
  const path =
    place === "/"
      ? []
      : place
          .slice(1)
          .split("/")
          .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const words = path
    .map((part, i) => (/^\d+$/.test(part) ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join("");
  let shown = path;
  let range = findInJson(text, shown);
  // What is missing stands where it belongs: in what holds it.
  while (!range && shown.length > 0) {
    shown = shown.slice(0, -1);
    range = findInJson(text, shown);
  }
  return {
    line: range ? lineAt(text, range[0]) : null,
    words: words || "the file",
    range: range && shown.length === path.length ? range : null,
  };
}

export function placeOf(text: string, place: string): Place {
  return inCsv(text, place) ?? inJson(text, place) ?? { line: null, words: place, range: null };
}

/** The text with a suggestion in the place of what stands there; as it was where the place holds nothing to replace. */
export function replaced(text: string, { range }: Place, suggestion: string): string {
  if (!range) return text;
  const before = text.slice(...range);
  const quoted = before.trimStart().startsWith('"');
  return `${text.slice(0, range[0])}${quoted ? `"${suggestion}"` : suggestion}${text.slice(range[1])}`;
}
