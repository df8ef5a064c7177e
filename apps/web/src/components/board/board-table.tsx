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
import { useMemo } from "react";
import { formatNumber } from "../../lib/format";
import { ScrollRegion } from "../scroll-region";
import { type AggregateHeading, BoardHead } from "./board-head";
import { BoardCellView } from "./cell-view";
import { heatOf } from "./marks/heat";
import { MethodCell } from "./method-cell";
import { PinButton } from "./pin-button";
import { RankCell } from "./rank-cell";
import type { BoardCell, BoardColumn, BoardRow } from "./rows";
import { parseSort } from "./sorting";
import type { ViewState } from "./view-state";

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic, text: sortFn_text },
});
const helper = createColumnHelper<typeof features, BoardRow>();

interface Shown {
  readonly column: BoardColumn;
  /** Its place among the cells of a row. */
  readonly index: number;
}

function columnDefinitions(columns: readonly Shown[]) {
  return helper.columns([
    helper.accessor((row) => row.rank ?? undefined, { id: "rank", sortFn: "basic", sortUndefined: "last" }),
    helper.accessor("name", { id: "method", sortFn: "text" }),
    ...columns.map(({ column, index }) =>
      helper.accessor((row) => row.cells[index]?.value ?? undefined, {
        id: column.id,
        sortFn: "basic",
        sortUndefined: "last",
      }),
    ),
  ]);
}

const rowStyle =
  "[&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1.5 last:[&>*]:border-b-0 hover:[&>*]:bg-raised";

export function BoardTable(props: {
  caption: string;
  columns: readonly Shown[];
  rows: BoardRow[];
  /** Shading is of the whole column, whatever is searched for. */
  allRows: readonly BoardRow[];
  aggregate: AggregateHeading | null;
  search: URLSearchParams;
  state: ViewState;
  paged: boolean;
}) {
  const { columns, rows, state, aggregate } = props;
  const sort = parseSort(
    props.search.get("sort"),
    columns.map(({ column }) => column),
  );
  const definitions = useMemo(() => columnDefinitions(columns), [columns]);
  const sorting = useMemo(() => [{ id: sort.id, desc: sort.descending }], [sort.id, sort.descending]);
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: (row) => row.id,
    // The server has sorted where not every row is here.
    state: { sorting: props.paged ? [] : sorting },
  });
  const values = useMemo(
    () => columns.map(({ index }) => props.allRows.map((row) => row.cells[index]?.value ?? null)),
    [columns, props.allRows],
  );
  const sorted = table.getRowModel().rows.map(({ original }) => original);
  const pinned = sorted.filter(({ slug }) => state.pinned.includes(slug));
  const rest = sorted.filter(({ slug }) => !state.pinned.includes(slug));

  const line = (row: BoardRow, isPinned: boolean) => (
    <tr key={row.id} className={`group ${rowStyle} ${isPinned ? "[&>*]:bg-raised" : ""}`}>
      <RankCell row={row} showMore={aggregate !== null} />
      <MethodCell row={row} />
      <td className="!px-0">
        <PinButton slug={row.slug} name={row.name} pinned={isPinned} all={state.pinned} />
      </td>
      {aggregate && (
        <td className="text-right font-medium">{formatNumber(row.aggregate, aggregate.digits)}</td>
      )}
      {columns.map(({ column, index }, place) => {
        const cell = row.cells[index] as BoardCell;
        const heat = state.heat ? heatOf(cell.value, values[place] ?? [], column.direction) : null;
        return <BoardCellView key={column.id} cell={cell} column={column} heat={heat} />;
      })}
    </tr>
  );

  return (
    <ScrollRegion
      label={props.caption}
      className="-mx-4 max-h-[calc(100dvh-3rem)] scroll-pt-24 scroll-pl-48 overflow-y-auto sm:mx-0 sm:rounded-md sm:border sm:border-line"
    >
      <table className="board-table w-full border-separate border-spacing-0 text-sm tabular-nums">
        <caption className="sr-only">{props.caption}</caption>
        <BoardHead
          columns={columns.map(({ column }) => column)}
          aggregate={aggregate}
          sort={sort}
          search={props.search}
          paged={props.paged}
        />
        <tbody>
          {pinned.map((row) => line(row, true))}
          {rest.map((row) => line(row, false))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
