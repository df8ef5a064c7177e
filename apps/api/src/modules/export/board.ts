/** A board as CSV and JSON, in parts: nothing of it is held whole. */

import { type BoardCell, type BoardRow, nameOfRow } from "../leaderboard/board.ts";
import { type BoardAnswer, batchesOf } from "../leaderboard/service.ts";
import { intervalOf } from "../measure/interval.ts";
import { csvRow } from "./csv.ts";

/** The last column names what must not be read as one of the others: each such value by its measure, and why. */
export async function* boardAsCsv(board: BoardAnswer): AsyncGenerator<string> {
  const { columns, aggregate } = board;
  const header = ["rank", "method", "name", "family", "year", aggregate.toLowerCase()];
  yield csvRow([...header, ...columns.map(({ measure }) => measure.slug), "notes"]);
  await Promise.all(columns.map((column) => column.withFingerprints(() => undefined)));
  const line = (row: BoardRow) => {
    const { slug, family, year } = row.method;
    const name = nameOfRow(row);
    const values = columns.map((_, i) => row.valueAt(i));
    return csvRow([row.rank, slug, name, family, year, row.aggregate, ...values, notesOf(row)]);
  };
  for await (const rows of batchesOf(board)) yield rows.map(line).join("");
}

const notesOf = ({ cells }: BoardRow): string | null =>
  cells
    .flatMap((boardCell) => {
      const why = [
        ...(boardCell.cell?.entry.provenance === "SELF_REPORTED" ? ["self-reported"] : []),
        ...(isComparable(boardCell) ? [] : ["other or unknown protocol"]),
      ];
      return why.length > 0 ? [`${boardCell.column.measure.slug}: ${why.join(", ")}`] : [];
    })
    .join("; ") || null;

/** Whether it is under the protocol that most of its column have. */
const isComparable = ({ cell, column: { fingerprints } }: BoardCell): boolean =>
  cell === null || fingerprints.length === 0 || cell.entry.fingerprint === fingerprints[0];

/** One object; `url` is the address of this answer, of its moment. */
export async function* boardAsJson(board: BoardAnswer, { url }: { url: string }): AsyncGenerator<string> {
  const { suite, aggregate, direction, position, asOf } = board;
  await Promise.all(board.columns.map((column) => column.withFingerprints(() => undefined)));
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
  for await (const rows of batchesOf(board)) {
    yield `${first ? "" : ","}${rows.map((row) => JSON.stringify(rowAsJson(row))).join(",")}`;
    first = false;
  }
  yield "]}";
}

const rowAsJson = ({ method, readout, rank, aggregate, missing, cells }: BoardRow) => ({
  rank,
  method: method.slug,
  name: method.name,
  ...(readout === null ? {} : { readout }),
  family: method.family,
  aggregate,
  missing: missing.map(({ slug }) => slug),
  cells: cells.flatMap((boardCell) => {
    const { cell, column } = boardCell;
    return cell
      ? [
          {
            measure: column.measure.slug,
            value: cell.entry.value,
            interval: intervalOf(cell.entry.lower, cell.entry.upper),
            provenance: cell.entry.provenance,
            source: cell.entry.source,
            protocol: cell.entry.fingerprint,
            comparable: isComparable(boardCell),
          },
        ]
      : [];
  }),
});
