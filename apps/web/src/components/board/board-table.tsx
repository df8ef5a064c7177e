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
import { useMemo } from "react";
import { formatNumber } from "../../lib/format";
import { ScrollRegion } from "../scroll-region";
import { type AggregateHeading, BoardHead } from "./board-head";
import { BoardCellView } from "./cell-view";
import { MethodCell } from "./method-cell";
import { RankCell } from "./rank-cell";
import type { BoardCell, BoardColumn, BoardRow } from "./rows";
import { parseSort } from "./sorting";

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic, text: sortFn_text },
});
const helper = createColumnHelper<typeof features, BoardRow>();

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
    <ScrollRegion
      label={props.caption}
      className="-mx-4 scroll-pl-44 sm:mx-0 sm:rounded sm:border sm:border-line"
    >
      <table className="w-full border-separate border-spacing-0 text-sm tabular-nums">
        <caption className="sr-only">{props.caption}</caption>
        <BoardHead
          columns={props.columns}
          aggregate={showAggregate ? props.aggregate : null}
          sort={sort}
          search={search}
        />
        <tbody>
          {table.getRowModel().rows.map(({ id, original: row }) => (
            <tr
              key={id}
              className="[&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1.5 last:[&>*]:border-b-0 hover:bg-raised"
            >
              <RankCell row={row} showOthers={showAggregate} />
              <MethodCell row={row} />
              {showAggregate && (
                <td className="text-right font-medium">
                  {formatNumber(row.aggregate, props.aggregate.digits)}
                </td>
              )}
              {props.columns.map((column, index) => (
                <BoardCellView key={column.id} cell={row.cells[index] as BoardCell} column={column} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
