/** The home page's board: where each method stands in every one of the paper's settings. */
import type { OverviewQuery as OverviewAnswer, OverviewColumnFragment } from "../../../generated/graphql";
import { type Query, suiteAddress } from "../../lib/address";
import { methodCard } from "../../lib/cards";
import { type OverviewColumn, type OverviewRow, OverviewTable } from "./overview-table";

const shortTitles: Readonly<Record<string, string>> = {
  "few-shot-kornblith": "Few-shot",
  "few-shot-cdfsl": "Few-shot, across domains",
  "detection-frozen": "Detection, frozen",
  segmentation: "Segmentation",
};

function columnOf(board: OverviewColumnFragment): OverviewColumn {
  const metrics = board.columns.filter((column) => column.ranked).map((column) => column.measure.metric);
  const titles = new Set(metrics.map((metric) => metric.title));
  const { slug, title, description } = board.suite;
  return {
    id: slug,
    href: suiteAddress(slug),
    // A board of one measure is named by its dataset: the metric stands below.
    title:
      shortTitles[slug] ??
      (board.columns.length === 1 ? (board.columns[0]?.measure.dataset.title ?? "") : title),
    card: `${title}\n${description}`,
    unit: metrics[0]?.unit ?? "",
    digits: Math.max(...metrics.map((metric) => metric.digits), 0),
    metric: titles.size === 1 ? ([...titles][0] as string) : `mean of ${metrics.length}`,
    direction: board.direction,
  };
}

export function overviewOf({ all, ...boards }: OverviewAnswer) {
  const shown = Object.values(boards).filter((board) => typeof board === "object");
  const columns = shown.map(columnOf);
  const standings = shown.map((board) => new Map(board.edges.map((edge) => [edge.node.method.slug, edge])));
  const rows = all.edges.map(({ rank, node }): OverviewRow => {
    const { method } = node;
    return {
      slug: method.slug,
      name: method.name,
      family: method.family,
      card: methodCard(method),
      rank: rank ?? null,
      meanRank: node.aggregate ?? null,
      why:
        node.missing.length === 0
          ? "some of its values are under another or an unknown protocol"
          : `no value in ${node.missing.length} of the measures`,
      cells: standings.map((standing) => {
        const found = standing.get(method.slug);
        return {
          value: found?.node.aggregate ?? null,
          rank: found?.rank ?? null,
          selfReported: found?.node.provenances.includes("SELF_REPORTED") ?? false,
          reproduced: found?.node.provenances.includes("REPRODUCED") ?? false,
          otherProtocol: found ? !found.node.comparable : false,
        };
      }),
    };
  });
  return { columns, rows };
}

export function Overview(props: {
  answer: OverviewAnswer;
  query: string;
  /** What downloads keep to, as the overview does. */
  exported: Query;
}) {
  const { answer, query, exported } = props;
  const { columns, rows } = overviewOf(answer);
  return (
    <OverviewTable
      columns={columns}
      rows={rows}
      measures={answer.all.suite.measures.length}
      total={answer.all.totalCount}
      position={answer.all.position}
      query={query}
      exported={exported}
    />
  );
}
