/** A board as CSV and JSON. */

import type { BoardAnswer } from "../leaderboard/service.ts";
import { intervalOf } from "../measure/interval.ts";
import { csvRow } from "./csv.ts";

export function boardAsCsv({ columns, rows, aggregate }: BoardAnswer): string {
  const header = ["rank", "method", "name", "family", "year", aggregate.toLowerCase()];
  const slugs = columns.map(({ measure }) => measure.slug);
  return [
    csvRow([...header, ...slugs]),
    ...rows.map(({ rank, method, aggregate: value, cells }) =>
      csvRow([
        rank,
        method.slug,
        method.name,
        method.family,
        method.year,
        value,
        ...cells.map(({ cell }) => cell?.entry.value),
      ]),
    ),
  ].join("");
}

/** `url` is the address of this answer, of its moment. */
export function boardAsJson(board: BoardAnswer, url: string): object {
  const { suite, aggregate, direction, position, asOf, columns, rows } = board;
  return {
    suite: { slug: suite.slug, title: suite.title },
    aggregate,
    direction,
    position,
    asOf,
    url,
    columns: columns.map(({ measure, ranked }) => {
      const { slug, unit, direction: better } = measure.metric;
      return { measure: measure.slug, title: measure.title, ranked, metric: slug, unit, direction: better };
    }),
    rows: rows.map(({ method, rank, aggregate: value, missing, cells }) => ({
      rank,
      method: method.slug,
      name: method.name,
      family: method.family,
      aggregate: value,
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
    })),
  };
}
