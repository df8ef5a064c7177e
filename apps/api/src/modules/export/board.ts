/** A board as CSV and JSON, in parts: nothing of it is held whole. */

import type { BoardRow } from "../leaderboard/board.ts";
import { type BoardAnswer, portionsOf } from "../leaderboard/service.ts";
import { intervalOf } from "../measure/interval.ts";
import { csvRow } from "./csv.ts";

/** Rows that are written at once. */
const ROWS_A_PART = 100;

/** Values alone, which the board has of all its rows: nothing more is read. */
export function* boardAsCsv({ columns, aggregate, rows }: BoardAnswer): Generator<string> {
  const header = ["rank", "method", "name", "family", "year", aggregate.toLowerCase()];
  yield csvRow([...header, ...columns.map(({ measure }) => measure.slug)]);
  const line = (row: BoardRow) => {
    const { slug, name, family, year } = row.method;
    const values = columns.map((_, i) => row.valueAt(i));
    return csvRow([row.rank, slug, name, family, year, row.aggregate, ...values]);
  };
  for (let start = 0; start < rows.length; start += ROWS_A_PART) {
    yield rows
      .slice(start, start + ROWS_A_PART)
      .map(line)
      .join("");
  }
}

/** One object; `url` is the address of this answer, of its moment. */
export async function* boardAsJson(board: BoardAnswer, { url }: { url: string }): AsyncGenerator<string> {
  const { suite, aggregate, direction, position, asOf } = board;
  const columns = board.columns.map(({ measure, ranked }) => {
    const { slug, unit, direction: better } = measure.metric;
    return { measure: measure.slug, title: measure.title, ranked, metric: slug, unit, direction: better };
  });
  const { slug, title } = suite;
  const head = JSON.stringify({
    suite: { slug, title },
    aggregate,
    direction,
    position,
    asOf,
    url,
    columns,
  });
  // The rows are its last field: they go in before its closing brace.
  yield `${head.slice(0, -1)},"rows":[`;
  let first = true;
  for await (const rows of portionsOf(board)) {
    yield `${first ? "" : ","}${rows.map((row) => JSON.stringify(rowAsJson(row))).join(",")}`;
    first = false;
  }
  yield "]}";
}

const rowAsJson = ({ method, rank, aggregate, missing, cells }: BoardRow) => ({
  rank,
  method: method.slug,
  name: method.name,
  family: method.family,
  aggregate,
  missing: missing.map(({ slug }) => slug),
  cells: cells.flatMap(({ cell, column }) =>
    cell
      ? [
          {
            measure: column.measure.slug,
            value: cell.entry.value,
            interval: intervalOf(cell.entry.lower, cell.entry.upper),
            provenance: cell.entry.provenance,
            source: cell.entry.source,
            protocol: cell.entry.fingerprint,
          },
        ]
      : [],
  ),
});
