"use client";

/** A board in the browser: its toolbar, and the table or the plot, as the address says. */
import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import type { AggregateHeading } from "./board-head";
import { BoardPlot } from "./board-plot";
import { BoardTable } from "./board-table";
import { Legend } from "./marks/legend";
import { type BoardColumn, type BoardRow, marksOf } from "./rows";
import { Toolbar, type ToolbarProps } from "./toolbar";
import { matches, readView } from "./view-state";

export interface BoardViewProps
  extends Omit<ToolbarProps, "state" | "columns" | "shown" | "total" | "paged"> {
  readonly caption: string;
  readonly columns: readonly BoardColumn[];
  readonly rows: readonly BoardRow[];
  readonly aggregate: AggregateHeading;
  /** The query string that the server rendered with. */
  readonly query: string;
  /** More rows are on other pages: the server sorts and searches. */
  readonly paged: boolean;
}

export function BoardView(props: BoardViewProps) {
  const live = useSearchParams();
  const search = useMemo(() => new URLSearchParams(live?.toString() ?? props.query), [live, props.query]);
  const state = useMemo(() => readView((name) => search.get(name)), [search]);
  const { columns, rows, aggregate, query, paged, caption, ...toolbar } = props;
  const shownColumns = columns.map((column, index) => ({ column, index }));
  const visible = shownColumns.filter(({ column }) => !state.hidden.has(column.id));
  const shown = rows.filter((row) => paged || matches(state.search, row));
  const several = columns.length > 1;
  return (
    <>
      <Toolbar
        {...toolbar}
        state={state}
        columns={columns}
        shown={shown.length}
        total={rows.length}
        paged={paged}
      />
      {shown.length === 0 && (rows.length > 0 || (paged && state.search)) && (
        <p role="status" className="my-6 text-sm text-muted">
          No method on this board has “{state.search}” in its name.
        </p>
      )}
      {state.view === "plot" ? (
        <BoardPlot rows={shown} aggregate={aggregate} several={several} />
      ) : (
        <>
          <BoardTable
            caption={caption}
            columns={visible}
            rows={shown}
            allRows={rows}
            aggregate={several ? aggregate : null}
            search={search}
            state={state}
            paged={paged}
          />
          <Legend
            marks={{
              ...marksOf(
                shown,
                visible.map(({ column }) => column),
              ),
              all: state.all,
              best: !state.heat,
            }}
          >
            {state.heat && "shaded from the worst value of a column to its best"}
          </Legend>
        </>
      )}
    </>
  );
}
