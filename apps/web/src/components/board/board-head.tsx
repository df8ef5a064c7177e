"use client";

/** The board's headings: what a column shows, in which unit, which side is better, and the way to sort by it. */
import Link from "next/link";
import type { MouseEvent, ReactNode } from "react";
import type { Direction } from "../../../generated/graphql";
import { changed } from "../live-link";
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
  /** More rows are on other pages: the server is asked for the new order. */
  readonly paged: boolean;
}

function SortLink(props: Sorting & { id: string; bestIsHigh: boolean; children: ReactNode; card?: string }) {
  const sort = formatSort(nextSort(props.sort, props.id, props.bestIsHigh));
  const href = changed(props.search, { sort, after: undefined });
  const className = "inline-block py-1 hover:underline";
  const shown = (
    <>
      {props.sort.id === props.id && (
        <>
          <SortMark descending={props.sort.descending} />{" "}
        </>
      )}
      {props.children}
    </>
  );
  if (props.paged) {
    return (
      <Link href={href} prefetch={false} scroll={false} data-card={props.card} className={className}>
        {shown}
      </Link>
    );
  }
  // Every row is here already: the address changes without asking the server again.
  const sortHere = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    window.history.pushState(null, "", href);
  };
  return (
    <a href={href} onClick={sortHere} data-card={props.card} className={className}>
      {shown}
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
  "[&>th]:border-b [&>th]:border-line [&>th]:px-2 [&>th]:pt-1.5 [&>th]:pb-1 [&>th]:font-medium [&>th]:align-bottom";

export function BoardHead({
  columns,
  aggregate,
  ...sorting
}: Sorting & { columns: readonly BoardColumn[]; aggregate: AggregateHeading | null }) {
  const { sort } = sorting;
  const grouped = columns.some((column) => column.group !== null);
  return (
    <thead className="text-left">
      {grouped && (
        <tr className="text-xs [&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1">
          <td />
          <td className="sticky left-0 z-20 bg-ground" />
          <td />
          {aggregate && <td />}
          {groups(columns).map(({ title, span, key }) => (
            <th
              key={key}
              scope="colgroup"
              colSpan={span}
              className="!static border-l text-left font-medium whitespace-nowrap text-muted"
            >
              <span className="sticky left-48">{title}</span>
            </th>
          ))}
        </tr>
      )}
      <tr className={cell}>
        <th scope="col" aria-sort={ariaSort(sort, "rank")} className="text-right whitespace-nowrap">
          <SortLink
            {...sorting}
            id="rank"
            bestIsHigh={false}
            card={
              aggregate
                ? "Rank\nBeside it: the middle 95% of its ranks when the board’s datasets are resampled. A narrow range means that the rank does not depend on a few datasets."
                : "Rank"
            }
          >
            Rank
          </SortLink>
        </th>
        <th scope="col" aria-sort={ariaSort(sort, "method")} className="left-0 !z-30 whitespace-nowrap">
          <SortLink {...sorting} id="method" bestIsHigh={false}>
            Method
          </SortLink>
        </th>
        <th scope="col" className="!px-0">
          <span className="sr-only">Pin</span>
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
              {...sorting}
              id={column.id}
              bestIsHigh={column.direction !== "LOWER"}
              card={column.card}
            >
              {column.label}
            </SortLink>
            <span className="block text-xs font-normal whitespace-nowrap text-muted">
              {column.unit} <DirectionMark direction={column.direction} />
              {column.mixedProtocols && (
                <span>
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
