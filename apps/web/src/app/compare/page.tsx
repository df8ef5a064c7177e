import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import type { CompareQuery as CompareAnswer, CompareQueryVariables } from "../../../generated/graphql";
import { AsOfNotice } from "../../components/as-of";
import { Legend } from "../../components/board/marks/legend";
import { Dumbbells } from "../../components/compare/dumbbells";
import { MethodKey } from "../../components/compare/marks";
import { OptionsQuery } from "../../components/compare/options";
import { MethodPicker } from "../../components/compare/picker";
import { mostLines, Radar } from "../../components/compare/radar";
import { CompareTable, differs } from "../../components/compare/table";
import { FaultNotice } from "../../components/fault-notice";
import { ListTable } from "../../components/list-table";
import { LiveLink } from "../../components/live-link";
import { FieldQuery } from "../../components/method/query";
import { type Query, readMoment, readQuery, type SearchParams, withQuery } from "../../lib/address";
import { ask } from "../../lib/api";
import { words } from "../../lib/board-filter";
import { filterFaults } from "../../lib/filter-faults";
import { explorerAddress } from "../../lib/site";

export const metadata: Metadata = { title: "Compare" };

const CompareQuery = graphql(`
  query Compare($methods: [String!]!, $suite: String, $asOf: DateTime) {
    compare(methods: $methods, suite: $suite, asOf: $asOf) {
      methods {
        slug
        name
        family
        standings {
          rank
          of
          suite {
            slug
            title
          }
        }
      }
      duels {
        method {
          slug
          name
        }
        opponent {
          slug
          name
        }
        wins
        losses
        ties
        close
        pValue
      }
      rows {
        measure {
          slug
          setting {
            title
          }
          dataset {
            title
          }
          metric {
            ...MetricFields
          }
        }
        cells {
          value
          interval {
            lower
            upper
          }
          differentProtocol
          provenance
          source
        }
      }
    }
  }
`);

/** The settings that the radar has axes for, short enough to stand around it. */
const axes: readonly (readonly [slug: string, title: string])[] = [
  ["many-shot-linear", "Linear"],
  ["many-shot-finetune", "Fine-tuned"],
  ["few-shot-kornblith", "Few-shot"],
  ["few-shot-cdfsl", "Across domains"],
  ["detection-frozen", "Detection, frozen"],
  ["detection-finetune", "Detection, tuned"],
  ["surface-normals", "Normals"],
  ["segmentation", "Segmentation"],
];

/** All pairs of ten methods; of more methods the table is cut, and says so. */
const mostDuels = 45;

const variablesOf = (methods: readonly string[], query: Query): CompareQueryVariables => ({
  methods: [...methods],
  suite: query.suite ?? null,
  asOf: readMoment(query.asOf) ?? null,
});

async function Comparison({ compare, query }: CompareAnswer & { query: Query }) {
  const field = await ask(FieldQuery);
  const variables = variablesOf(
    compare.methods.map(({ slug }) => slug),
    query,
  );
  const valuesOf = new Map(
    field.leaderboard.columns.map(({ measure }, i) => [
      measure.slug,
      field.leaderboard.edges.flatMap(({ node }) => node.cells[i]?.value ?? []),
    ]),
  );
  const names = compare.methods.map((method) => method.name);
  const onlyDifferences = query.differences === "1";
  const all = query.among === "all";
  const rows = onlyDifferences ? compare.rows.filter(differs) : compare.rows;
  const settings = [...Map.groupBy(rows, ({ measure }) => measure.setting.title)];
  const cells = compare.rows.flatMap((row) => row.cells);
  const several = compare.methods.length > 1;
  return (
    <>
      <AsOfNotice
        what="The comparison"
        asOf={variables.asOf ?? null}
        now={withQuery(query, { asOf: undefined })}
      />
      {several && (
        <div className="mb-6 grid gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,30rem)_1fr]">
          <section aria-labelledby="shape" className="min-w-0">
            <h2 id="shape" className="mb-1 text-lg font-semibold">
              Over the settings
            </h2>
            <p className="mb-2 text-xs text-muted">
              The share of ranked methods that each method beats: 0% at the centre, 100% at the rim.
            </p>
            <Radar
              axes={axes.map(([, title]) => title)}
              methods={compare.methods.map(({ slug, name, standings }) => ({
                slug,
                name,
                shares: axes.map(([suite]) => {
                  const standing = standings.find((one) => one.suite.slug === suite);
                  if (!standing?.rank || standing.of < 2) return null;
                  return (standing.of - standing.rank) / (standing.of - 1);
                }),
              }))}
            />
            <MethodKey names={names} />
            {names.length > mostLines && (
              <p className="mt-1 text-xs text-muted">The plots show the first {mostLines} methods.</p>
            )}
          </section>
          <section aria-labelledby="duels" className="min-w-0">
            <h2 id="duels" className="mb-1 text-lg font-semibold">
              Wins and losses
            </h2>
            <p className="mb-2 text-xs text-muted">
              Over the measures that both have, {query.suite ? "on this board" : "on all boards"}. Tie: equal
              as shown. Close: the 95% intervals overlap.
            </p>
            <ListTable
              label="Wins, losses and ties of every two"
              rows={compare.duels.slice(0, mostDuels)}
              rowKey={({ method, opponent }) => `${method.slug} ${opponent.slug}`}
              columns={[
                {
                  title: "Between",
                  heads: true,
                  className: "font-normal",
                  show: ({ method, opponent }) => `${method.name} and ${opponent.name}`,
                },
                { title: "Wins", numeric: true, show: ({ wins }) => wins },
                { title: "Losses", numeric: true, show: ({ losses }) => losses },
                { title: "Ties", numeric: true, show: ({ ties }) => ties },
                { title: "Close", numeric: true, show: ({ close }) => close },
                {
                  title: "Sign test p",
                  numeric: true,
                  show: ({ pValue }) => (pValue < 0.001 ? "< 0.001" : pValue.toFixed(3)),
                },
              ]}
            />
            {compare.duels.length > mostDuels && (
              <p className="mt-1 text-xs text-muted">
                The first {mostDuels} of {compare.duels.length} pairs.
              </p>
            )}
          </section>
        </div>
      )}
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <h2 className="mr-2 text-lg font-semibold">{rows.length} measures</h2>
        {several && (
          <LiveLink
            set={{ differences: onlyDifferences ? "" : "1" }}
            aria-current={onlyDifferences ? "true" : undefined}
            className="button"
          >
            Differences only
          </LiveLink>
        )}
        {(all || cells.some(({ differentProtocol }) => differentProtocol)) && (
          <LiveLink
            set={{ among: all ? "" : "all" }}
            aria-current={all ? "true" : undefined}
            className="button"
          >
            Mark the best among all values
          </LiveLink>
        )}
        {query.suite && (
          <LiveLink set={{ suite: "" }} className="chip">
            Only {query.suite} <span aria-hidden="true">×</span>
            <span className="sr-only">: show all boards</span>
          </LiveLink>
        )}
      </div>
      {several && (
        <details className="mb-4" open={settings.length <= 3}>
          <summary className="w-fit cursor-pointer py-1 text-sm text-muted hover:text-ink">
            Plot of every measure
          </summary>
          <div className="mt-2 grid max-w-6xl gap-x-10 gap-y-4 lg:grid-cols-2">
            {settings.map(([setting, group]) => (
              <section key={setting} aria-label={setting}>
                <h3 className="mb-1 text-sm font-semibold">{setting}</h3>
                <Dumbbells
                  names={names}
                  rows={group.map(({ measure, cells: own }) => ({
                    slug: measure.slug,
                    title: `${measure.dataset.title}${new Set(group.map((row) => row.measure.metric.title)).size > 1 ? `, ${measure.metric.title}` : ""}`,
                    digits: measure.metric.digits,
                    unit: measure.metric.unit,
                    direction: measure.metric.direction,
                    all: valuesOf.get(measure.slug) ?? [],
                    cells: own.map(({ value, interval, differentProtocol }) => ({
                      value: value ?? null,
                      interval: interval ?? null,
                      comparable: !differentProtocol,
                    })),
                  }))}
                />
              </section>
            ))}
          </div>
          <p className="mt-1 text-xs text-muted">
            The better side is on the right. Grey ticks: all methods.
            {cells.some(({ differentProtocol }) => differentProtocol) &&
              " Open circles: another or an unknown protocol (†)."}
          </p>
        </details>
      )}
      <CompareTable methods={compare.methods} settings={settings} all={all} />
      <Legend
        marks={{
          all,
          best: several,
          noSecond: true,
          intervals: cells.some(({ interval }) => interval),
          selfReported: cells.some(({ provenance }) => provenance === "SELF_REPORTED"),
          reproduced: cells.some(({ provenance }) => provenance === "REPRODUCED"),
          otherProtocol: cells.some(({ differentProtocol }) => differentProtocol),
        }}
      />
      <p className="mt-3 text-sm">
        <a className="link" href={explorerAddress(CompareQuery.toString().trim(), variables)}>
          Open in the explorer
        </a>
      </p>
    </>
  );
}

/** Methods side by side over every measure that any of them has. */
export default async function ComparePage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const methods = [...new Set(words(query.methods))];
  const faults = filterFaults({ asOf: query.asOf });
  if (faults.length > 0) {
    return (
      <FaultNotice what="The comparison" faults={faults} without={withQuery(query, { asOf: undefined })} />
    );
  }
  const [{ methods: options }, compared] = await Promise.all([
    ask(OptionsQuery, { search: null }),
    methods.length > 0 ? ask(CompareQuery, variablesOf(methods, query)) : null,
  ]);
  const chosen = compared?.compare.methods ?? [];
  return (
    <>
      <h1 className="mb-3 text-2xl font-semibold tracking-tight">
        {chosen.length === 0 ? "Compare methods" : chosen.map(({ name }) => name).join(", ")}
      </h1>
      <MethodPicker options={options.nodes} total={options.totalCount} chosen={chosen} />
      {compared === null ? (
        <ul className="flex flex-wrap gap-2 text-sm">
          {[
            ["swav,byol", "SwAV and BYOL"],
            ["deepcluster-v2,supervised", "DeepCluster-v2 and Supervised"],
            ["simclr-v1,simclr-v2", "SimCLR-v1 and SimCLR-v2"],
          ]
            .filter(([slugs]) =>
              slugs?.split(",").every((slug) => options.nodes.some((one) => one.slug === slug)),
            )
            .map(([slugs, title]) => (
              <li key={slugs}>
                <Link className="chip" href={`/compare?methods=${slugs}`} prefetch={false}>
                  {title}
                </Link>
              </li>
            ))}
        </ul>
      ) : (
        <Comparison compare={compared.compare} query={query} />
      )}
    </>
  );
}
