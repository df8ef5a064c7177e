"use client";

/** The board's headings: what a column shows, in which unit, which side is better, and the way to sort by it. */
import type { MouseEvent, ReactNode } from "react";
import type { Direction } from "../../../generated/graphql";
import { directionWords } from "../../lib/format";
import { DirectionMark, SortMark } from "../marks";
import type { BoardColumn } from "./rows";
import { formatSort, nextSort, type Sort } from "./sorting";

export interface AggregateHeading {
  readonly label: string;
  readonly unit: string | null;
  readonly direction: Direction;
  readonly digits: number;
}

interface Sorting {
  readonly sort: Sort;
  readonly search: URLSearchParams;
}

function SortLink(props: Sorting & { id: string; bestIsHigh: boolean; children: ReactNode; title?: string }) {
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
    <a href={href} onClick={sortHere} title={props.title} className="hover:underline">
      {props.sort.id === props.id && (
        <>
          <SortMark descending={props.sort.descending} />{" "}
        </>
      )}
      {props.children}
    </a>
  );
}

const ariaSort = (sort: Sort, id: string) =>
  sort.id !== id ? undefined : sort.descending ? "descending" : "ascending";

/** Neighbouring columns of one setting, with how many they are. */
function groups(columns: readonly BoardColumn[]): { title: string; span: number; key: string }[] {
  const found: { title: string; span: number; key: string }[] = [];
  for (const { group, id } of columns) {
    const last = found.at(-1);
    if (last && last.title === (group ?? "")) last.span += 1;
    else found.push({ title: group ?? "", span: 1, key: id });
  }
  return found;
}

const cell =
  "[&>th]:border-b [&>th]:border-line [&>th]:px-2 [&>th]:pt-2 [&>th]:pb-1.5 [&>th]:font-medium [&>th]:align-bottom";

export function BoardHead({
  columns,
  aggregate,
  sort,
  search,
}: Sorting & { columns: readonly BoardColumn[]; aggregate: AggregateHeading | null }) {
  const grouped = columns.some((column) => column.group !== null);
  return (
    <thead className="text-left">
      {grouped && (
        <tr className="text-xs [&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1">
          <td />
          <td className="sticky left-0 z-20 bg-ground" />
          {aggregate && <td />}
          {groups(columns).map(({ title, span, key }) => (
            <th
              key={key}
              scope="colgroup"
              colSpan={span}
              className="border-l text-left font-medium whitespace-nowrap text-muted"
            >
              <span className="sticky left-40">{title}</span>
            </th>
          ))}
        </tr>
      )}
      <tr className={cell}>
        <th scope="col" aria-sort={ariaSort(sort, "rank")} className="text-right whitespace-nowrap">
          <SortLink id="rank" sort={sort} bestIsHigh={false} search={search}>
            Rank
          </SortLink>
        </th>
        <th
          scope="col"
          aria-sort={ariaSort(sort, "method")}
          className="sticky left-0 z-20 bg-ground whitespace-nowrap"
        >
          <SortLink id="method" sort={sort} bestIsHigh={false} search={search}>
            Method
          </SortLink>
        </th>
        {aggregate && (
          <th scope="col" className="text-right whitespace-nowrap">
            {aggregate.label}
            <span className="block text-xs font-normal text-muted">
              {aggregate.unit} <DirectionMark direction={aggregate.direction} />
            </span>
          </th>
        )}
        {columns.map((column) => (
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
              {column.unit} <DirectionMark direction={column.direction} />
              {column.mixedProtocols && (
                <span title="The values of this column were made under more than one protocol">
                  ‡<span className="sr-only">, under more than one protocol</span>
                </span>
              )}
            </span>
          </th>
        ))}
      </tr>
    </thead>
  );
}
