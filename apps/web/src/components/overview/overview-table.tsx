"use client";

/** The overview's table: sorted in the browser, by whatever column the address names. */
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import type { Direction, Family } from "../../../generated/graphql";
import type { Query } from "../../lib/address";
import { formatNumber } from "../../lib/format";
import type { AggregateHeading } from "../board/board-head";
import { heatColour, heatOf } from "../board/marks/heat";
import { Legend } from "../board/marks/legend";
import { MethodCell } from "../board/method-cell";
import { formatSort, nextSort, parseSort, type Sort } from "../board/sorting";
import { FamilyKey } from "../family-key";
import { changed, LiveDownload, LiveLink, showHere } from "../live-link";
import { DirectionMark, SortMark } from "../marks";
import { ScrollRegion } from "../scroll-region";

export interface OverviewColumn extends Pick<AggregateHeading, "digits"> {
  readonly id: string;
  readonly href: string;
  readonly title: string;
  readonly card: string;
  readonly unit: string;
  readonly metric: string;
  readonly direction: Direction;
}

export interface OverviewCell {
  readonly value: number | null;
  readonly rank: number | null;
  readonly selfReported: boolean;
  readonly reproduced: boolean;
  readonly otherProtocol: boolean;
}

export interface OverviewRow {
  readonly slug: string;
  readonly name: string;
  readonly family: Family;
  readonly card: string;
  readonly rank: number | null;
  readonly meanRank: number | null;
  readonly why: string;
  readonly cells: readonly OverviewCell[];
}

const tint: Record<number, string> = {
  1: "bg-best font-semibold",
  2: "bg-second underline decoration-1 underline-offset-2",
};

function compare(a: number | string | null, b: number | string | null, descending: boolean): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return (a < b ? -1 : 1) * (descending ? -1 : 1);
}

function sorted(rows: readonly OverviewRow[], columns: readonly OverviewColumn[], sort: Sort) {
  const index = columns.findIndex(({ id }) => id === sort.id);
  const key = (row: OverviewRow) =>
    sort.id === "method" ? row.name.toLowerCase() : index < 0 ? row.rank : (row.cells[index]?.value ?? null);
  return rows.toSorted((a, b) => compare(key(a), key(b), sort.descending));
}

export function OverviewTable(props: {
  columns: readonly OverviewColumn[];
  rows: readonly OverviewRow[];
  measures: number;
  total: number;
  position: string;
  query: string;
  exported: Query;
}) {
  const live = useSearchParams();
  const search = useMemo(() => new URLSearchParams(live?.toString() ?? props.query), [live, props.query]);
  const { columns, rows } = props;
  const sort = parseSort(search.get("sort"), columns);
  const heat = search.get("heat") === "1";
  const all = search.get("among") === "all";
  const cells = rows.flatMap((row) => row.cells);
  const incomparable = cells.some(({ otherProtocol }) => otherProtocol);

  const sortLink = (id: string, bestIsHigh: boolean) => {
    const href = changed(search, { sort: formatSort(nextSort(sort, id, bestIsHigh)) });
    return {
      href,
      onClick: (event: React.MouseEvent) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        showHere(href);
      },
    };
  };
  const ariaSort = (id: string) =>
    sort.id !== id ? undefined : sort.descending ? "descending" : "ascending";
  const mark = (id: string) =>
    sort.id === id && (
      <>
        <SortMark descending={sort.descending} />{" "}
      </>
    );

  return (
    <section aria-labelledby="overview">
      <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1">
        <h2 id="overview" className="text-lg font-semibold">
          Overview
        </h2>
        <FamilyKey families={rows.map(({ family }) => family)} />
        <span className="flex gap-2 sm:ml-auto">
          {(incomparable || all) && (
            <LiveLink
              set={{ among: all ? "" : "all" }}
              aria-current={all ? "true" : undefined}
              className="button"
            >
              {all ? "Ranking all values" : "Rank all values"}
            </LiveLink>
          )}
          <a
            href={changed(search, { heat: heat ? undefined : "1" })}
            aria-current={heat ? "true" : undefined}
            onClick={(event) => {
              event.preventDefault();
              showHere(changed(search, { heat: heat ? undefined : "1" }));
            }}
            className="button"
          >
            Shade
          </a>
          <details className="menu">
            <summary className="button">Download</summary>
            <div className="right-0 flex w-44 flex-col gap-1 rounded-md border border-line bg-ground p-2 shadow-lg">
              <p className="px-1 text-xs text-muted">
                All {props.measures} measures of these boards, by rank
              </p>
              {(["csv", "json", "tex"] as const).map((ending) => (
                <LiveDownload
                  key={ending}
                  path={`/export/leaderboard.${ending}`}
                  fixed={{ suite: "overview", aggregate: "MEAN_RANK", ...props.exported }}
                  follow={["among"]}
                  file={`overview.${ending}`}
                  className="button justify-start"
                >
                  {ending === "tex" ? "LaTeX" : ending.toUpperCase()}
                </LiveDownload>
              ))}
            </div>
          </details>
        </span>
      </div>
      <ScrollRegion
        label={`Overview: ${rows.length} methods in ${columns.length} settings`}
        className="-mx-4 scroll-pl-44 sm:mx-0 sm:rounded-md sm:border sm:border-line"
      >
        <table className="w-full border-separate border-spacing-0 text-sm tabular-nums">
          <caption className="sr-only">
            Every method in {columns.length} settings: the setting’s aggregate, and the rank by it
          </caption>
          <thead className="text-left align-bottom">
            <tr className="[&>th]:border-b [&>th]:border-line [&>th]:px-2 [&>th]:py-1.5 [&>th]:font-medium">
              <th scope="col" aria-sort={ariaSort("rank")} className="text-right">
                <a {...sortLink("rank", false)} className="inline-block py-1 hover:underline">
                  {mark("rank")}Rank
                </a>
              </th>
              <th scope="col" aria-sort={ariaSort("method")} className="sticky left-0 z-20 bg-ground">
                <a {...sortLink("method", false)} className="inline-block py-1 hover:underline">
                  {mark("method")}Method
                </a>
              </th>
              <th
                scope="col"
                className="text-right"
                data-card={`Mean rank\nThe mean of a method’s ranks on all ${props.measures} measures of these boards; lower is better`}
              >
                Mean rank
                <span className="block text-xs font-normal whitespace-nowrap text-muted">
                  of {props.measures} <DirectionMark direction="LOWER" />
                </span>
              </th>
              {columns.map(({ id, title, card, metric, unit, direction, href }) => (
                <th key={id} scope="col" aria-sort={ariaSort(id)} className="min-w-20 text-right">
                  <a
                    {...sortLink(id, direction !== "LOWER")}
                    data-card={card}
                    className="inline-block py-1 hover:underline"
                  >
                    {mark(id)}
                    {title}
                  </a>
                  <span className="block text-xs font-normal text-muted">
                    <Link className="hover:underline" href={href} prefetch={false}>
                      {metric},{" "}
                      <span className="whitespace-nowrap">
                        {unit} <DirectionMark direction={direction} />
                      </span>
                      <span className="sr-only">: the board</span>
                    </Link>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted(rows, columns, sort).map((row) => (
              <tr
                key={row.slug}
                className="[&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1.5 last:[&>*]:border-b-0 hover:[&>*]:bg-raised"
              >
                <td
                  className="text-right"
                  data-card={row.rank === null ? `${row.name}\nNot ranked: ${row.why}` : undefined}
                >
                  {row.rank ?? (
                    <>
                      <span aria-hidden="true">–</span>
                      <span className="sr-only">not ranked: {row.why}</span>
                    </>
                  )}
                </td>
                <MethodCell row={row} />
                <td className="text-right text-muted">{formatNumber(row.meanRank, 2)}</td>
                {columns.map(({ id, digits, direction }, index) => {
                  const cell = row.cells[index];
                  const share = heat
                    ? heatOf(
                        cell?.value ?? null,
                        rows.map((one) => one.cells[index]?.value ?? null),
                        direction,
                      )
                    : null;
                  return (
                    <td
                      key={id}
                      className={`text-right whitespace-nowrap ${share === null ? (tint[cell?.rank ?? 0] ?? "") : ""}`}
                      style={share === null ? undefined : { backgroundColor: heatColour(share) }}
                    >
                      {formatNumber(cell?.value, digits)}
                      {cell?.selfReported && (
                        <sup className="font-normal">
                          s<span className="sr-only">elf-reported</span>
                        </sup>
                      )}
                      {cell?.reproduced && (
                        <sup className="font-normal">
                          r<span className="sr-only">eproduced</span>
                        </sup>
                      )}
                      {cell?.otherProtocol && (
                        <sup className="font-normal">
                          †<span className="sr-only"> another or an unknown protocol</span>
                        </sup>
                      )}
                      <span
                        className={`ml-1.5 inline-block w-5 text-xs font-normal ${share === null ? "text-muted" : ""}`}
                      >
                        {cell?.rank != null && (
                          <>
                            <span className="sr-only">rank </span>
                            {cell.rank}
                          </>
                        )}
                      </span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <Legend
        marks={{
          best: !heat,
          all,
          selfReported: cells.some(({ selfReported }) => selfReported),
          reproduced: cells.some(({ reproduced }) => reproduced),
          otherProtocol: incomparable,
          unranked: rows.some(({ rank }) => rank === null),
        }}
      >
        Each column is a board. Small figures: the rank on that board.{" "}
        {props.total > rows.length && `The first ${rows.length} methods of ${props.total}. `}
        <Link className="link" href="/suites/overview" prefetch={false}>
          All {props.measures} measures
        </Link>
        . Ledger position {props.position}.
      </Legend>
    </section>
  );
}
