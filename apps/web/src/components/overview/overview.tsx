/** The home page's board: where each method stands in every one of the paper's settings. */
import Link from "next/link";
import type { OverviewColumnFragment } from "../../../generated/graphql";
import { suiteAddress } from "../../lib/address";
import { ask } from "../../lib/api";
import { formatNumber } from "../../lib/format";
import { MethodCell } from "../board/method-cell";
import { FamilyKey } from "../family-key";
import { DirectionMark } from "../marks";
import { ScrollRegion } from "../scroll-region";
import { OverviewQuery } from "./query";

interface Column {
  readonly board: OverviewColumnFragment;
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly metric: string;
  readonly standings: ReadonlyMap<string, { rank: number | null; aggregate: number | null }>;
}

function columnOf(board: OverviewColumnFragment): Column {
  const metrics = board.columns.filter((column) => column.ranked).map((column) => column.measure.metric);
  const titles = new Set(metrics.map((metric) => metric.title));
  return {
    board,
    // A board of one measure is named by its dataset: the metric stands below.
    title: board.columns.length === 1 ? (board.columns[0]?.measure.dataset.title ?? "") : board.suite.title,
    unit: metrics[0]?.unit ?? "",
    digits: Math.max(...metrics.map((metric) => metric.digits), 0),
    metric: titles.size === 1 ? ([...titles][0] as string) : `mean of ${metrics.length}`,
    standings: new Map(
      board.edges.map(({ rank, node }) => [
        node.method.slug,
        { rank: rank ?? null, aggregate: node.aggregate ?? null },
      ]),
    ),
  };
}

const tint: Record<number, string> = {
  1: "bg-best font-semibold",
  2: "bg-second underline decoration-1 underline-offset-2",
};

export async function Overview() {
  const { all, ...boards } = await ask(OverviewQuery);
  const columns = Object.values(boards)
    .filter((board) => typeof board === "object")
    .map(columnOf);
  return (
    <>
      <FamilyKey families={all.edges.map(({ node }) => node.method.family)} />
      <ScrollRegion
        label={`Overview: ${all.edges.length} methods in ${columns.length} settings`}
        className="-mx-4 scroll-pl-44 sm:mx-0 sm:rounded sm:border sm:border-line"
      >
        <table className="w-full border-separate border-spacing-0 text-sm tabular-nums">
          <caption className="sr-only">
            Every method in {columns.length} settings: the setting’s aggregate, and the rank by it
          </caption>
          <thead className="text-left align-bottom">
            <tr className="[&>th]:border-b [&>th]:border-line [&>th]:px-2 [&>th]:py-2 [&>th]:font-medium">
              <th scope="col" className="text-right">
                Rank
              </th>
              <th scope="col" className="sticky left-0 z-20 bg-ground">
                Method
              </th>
              {columns.map(({ board, title, metric, unit }) => (
                <th key={board.suite.slug} scope="col" className="min-w-24 text-right">
                  <Link className="hover:underline" href={suiteAddress(board.suite.slug)} prefetch={false}>
                    {title}
                  </Link>
                  <span className="block text-xs font-normal text-muted">
                    {metric},{" "}
                    <span className="whitespace-nowrap">
                      {unit} <DirectionMark direction={board.direction} />
                    </span>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.edges.map(({ rank, node: { method } }) => (
              <tr
                key={method.slug}
                className="[&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1.5 last:[&>*]:border-b-0 hover:bg-raised"
              >
                <td className="text-right text-muted">{rank ?? "–"}</td>
                <MethodCell row={method} />
                {columns.map(({ board, digits, standings }) => {
                  const standing = standings.get(method.slug);
                  return (
                    <td
                      key={board.suite.slug}
                      className={`whitespace-nowrap text-right ${tint[standing?.rank ?? 0] ?? ""}`}
                    >
                      {formatNumber(standing?.aggregate, digits)}
                      {standing?.rank && (
                        <span className="ml-1.5 inline-block w-6 text-xs font-normal text-muted">
                          <span className="sr-only">rank </span>
                          {standing.rank}
                        </span>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <p className="mt-3 text-xs leading-5 text-muted">
        Each column is a board by its own aggregate, the small figure the rank in it;{" "}
        <span className="bg-best px-1 font-semibold text-ink">first</span>{" "}
        <span className="bg-second px-1 text-ink underline decoration-1 underline-offset-2">second</span>. The
        order of the rows is the mean rank over{" "}
        <Link className="link" href="/suites/overview" prefetch={false}>
          all {all.suite.measures.length} measures of these boards
        </Link>
        . {all.totalCount > all.edges.length && `The first ${all.edges.length} of every board are shown. `}
        Ledger position {all.position}.
      </p>
    </>
  );
}
