"use client";

import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_basic,
  sortFn_text,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useSearchParams } from "next/navigation";
import { type MouseEvent, useMemo } from "react";
import type { Direction } from "../../../generated/graphql";
import { directionArrow, directionWords, formatNumber } from "../../lib/format";
import { ScrollRegion } from "../scroll-region";
import { BoardCellView } from "./cell-view";
import { MethodCell } from "./method-cell";
import type { BoardCell, BoardColumn, BoardRow } from "./rows";
import { formatSort, nextSort, parseSort, type Sort } from "./sorting";

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic, text: sortFn_text },
});
const helper = createColumnHelper<typeof features, BoardRow>();

interface AggregateHeading {
  readonly label: string;
  readonly direction: Direction;
  readonly digits: number;
}

function columnDefinitions(columns: readonly BoardColumn[]) {
  return helper.columns([
    helper.accessor((row) => row.rank ?? undefined, { id: "rank", sortFn: "basic", sortUndefined: "last" }),
    helper.accessor("name", { id: "method", sortFn: "text" }),
    ...columns.map((column, index) =>
      helper.accessor((row) => row.cells[index]?.value ?? undefined, {
        id: column.id,
        sortFn: "basic",
        sortUndefined: "last",
      }),
    ),
  ]);
}

function SortLink(props: {
  id: string;
  sort: Sort;
  bestIsHigh: boolean;
  search: URLSearchParams;
  children: React.ReactNode;
  title?: string;
}) {
  const params = new URLSearchParams(props.search);
  params.set("sort", formatSort(nextSort(props.sort, props.id, props.bestIsHigh)));
  const href = `?${params}`;
  // Every row is here already: the address changes without asking the server again.
  const sortHere = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    window.history.pushState(null, "", href);
  };
  return (
    <a href={href} onClick={sortHere} title={props.title} className="group inline-block hover:underline">
      {props.children}
      <span aria-hidden="true" className="ml-0.5 inline-block w-2 text-xs text-muted">
        {props.sort.id === props.id ? (props.sort.descending ? "▾" : "▴") : ""}
      </span>
    </a>
  );
}

const ariaSort = (sort: Sort, id: string) =>
  sort.id !== id ? undefined : sort.descending ? "descending" : "ascending";

const stickyHead = "sticky left-0 z-20 bg-ground";

export function BoardTable(props: {
  caption: string;
  columns: readonly BoardColumn[];
  rows: BoardRow[];
  aggregate: AggregateHeading;
  /** The query string that the server rendered with. */
  query: string;
}) {
  const live = useSearchParams();
  const search = useMemo(() => new URLSearchParams(live?.toString() ?? props.query), [live, props.query]);
  const sort = parseSort(search.get("sort"), props.columns);
  const columns = useMemo(() => columnDefinitions(props.columns), [props.columns]);
  const sorting = useMemo(() => [{ id: sort.id, desc: sort.descending }], [sort.id, sort.descending]);
  const table = useTable({
    features,
    columns,
    data: props.rows,
    getRowId: (row) => row.slug,
    state: { sorting },
  });
  const showAggregate = props.columns.length > 1;

  return (
    <ScrollRegion label={props.caption} className="-mx-4 sm:mx-0 sm:rounded sm:border sm:border-line">
      <table className="w-full border-separate border-spacing-0 text-sm tabular-nums">
        <caption className="sr-only">{props.caption}</caption>
        <thead className="text-left align-bottom">
          <tr className="[&>th]:border-b [&>th]:border-line [&>th]:px-2 [&>th]:py-2 [&>th]:font-medium">
            <th scope="col" aria-sort={ariaSort(sort, "rank")} className="text-right">
              <SortLink id="rank" sort={sort} bestIsHigh={false} search={search}>
                Rank
              </SortLink>
            </th>
            <th scope="col" aria-sort={ariaSort(sort, "method")} className={stickyHead}>
              <SortLink id="method" sort={sort} bestIsHigh={false} search={search}>
                Method
              </SortLink>
            </th>
            {showAggregate && (
              <th scope="col" className="text-right">
                {props.aggregate.label}{" "}
                <span className="text-muted" title={directionWords[props.aggregate.direction]}>
                  {directionArrow[props.aggregate.direction]}
                </span>
              </th>
            )}
            {props.columns.map((column) => (
              <th key={column.id} scope="col" aria-sort={ariaSort(sort, column.id)} className="text-right">
                <SortLink
                  id={column.id}
                  sort={sort}
                  bestIsHigh={column.direction !== "LOWER"}
                  search={search}
                  title={`${column.title}: ${column.unit}, ${directionWords[column.direction]}`}
                >
                  {column.label}
                </SortLink>
                <span className="block whitespace-nowrap text-xs font-normal text-muted">
                  {column.unit} {directionArrow[column.direction]}
                  <span className="sr-only">, {directionWords[column.direction]}</span>
                  {column.mixedProtocols && (
                    <abbr title="The values of this column were made under more than one protocol">‡</abbr>
                  )}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.getRowModel().rows.map(({ id, original: row }) => (
            <tr
              key={id}
              className="[&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1.5 last:[&>*]:border-b-0 hover:bg-raised"
            >
              <td className="text-right text-muted">
                {row.rank ?? (
                  <abbr title={`Not ranked: no value in ${row.missing.join(", ")}`} className="no-underline">
                    –
                  </abbr>
                )}
              </td>
              <MethodCell row={row} />
              {showAggregate && (
                <td className="text-right font-medium">
                  {formatNumber(row.aggregate, props.aggregate.digits)}
                </td>
              )}
              {props.columns.map((column, index) => (
                <BoardCellView key={column.id} cell={row.cells[index] as BoardCell} digits={column.digits} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
