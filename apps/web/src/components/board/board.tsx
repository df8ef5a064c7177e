/** A suite's board: heading, choices, table, legend. Rendered on the server; only sorting runs in the browser. */
import Link from "next/link";
import { cache } from "react";
import type { Aggregate, BoardQueryVariables, Family, Provenance } from "../../../generated/graphql";
import { listOf, oneOf, type Query, readMoment, withQuery } from "../../lib/address";
import { ask } from "../../lib/api";
import { noFilter, readFilter } from "../../lib/board-filter";
import { aggregateFaults, filterFaults } from "../../lib/filter-faults";
import { aggregateDigits, aggregateNames, familyNames, provenanceNames } from "../../lib/format";
import { AsOfNotice } from "../as-of";
import { FaultNotice } from "../fault-notice";
import { FamilyDot } from "../marks";
import { BoardTable } from "./board-table";
import { Choices, toggled } from "./choices";
import { FilterForm } from "./filter-form";
import { ProtocolFilter } from "./protocol-filter";
import { BoardQuery } from "./query";
import { boardColumns, boardRows } from "./rows";
import { TakeAway } from "./take-away";

const aggregates = Object.keys(aggregateNames) as Aggregate[];
const provenances = Object.keys(provenanceNames) as Provenance[];
const families = Object.keys(familyNames) as Family[];

/** Once a request: the page's title and its board are of one answer. */
const ofRequest = cache((variables: string) => ask(BoardQuery, JSON.parse(variables) as BoardQueryVariables));

const faultsOf = (query: Query) => [...filterFaults(query), ...aggregateFaults(query)];

function variablesOf(suite: string, query: Query) {
  return {
    suite,
    aggregate: oneOf(aggregates, query.aggregate?.toUpperCase().replace("-", "_")) ?? null,
    filter: readFilter(query),
    asOf: readMoment(query.asOf) ?? null,
    after: query.after ?? null,
  };
}

/** The board's name; its slug where the address has faults. */
export async function boardTitle(suite: string, query: Query): Promise<string> {
  if (faultsOf(query).length > 0) return suite;
  return (await ofRequest(JSON.stringify(variablesOf(suite, query)))).leaderboard.suite.title;
}

export async function Board({ suite, query }: { suite: string; query: Query }) {
  const faults = faultsOf(query);
  if (faults.length > 0) {
    return (
      <>
        <FaultNotice
          what="The board"
          faults={faults}
          without={withQuery(query, { ...noFilter, asOf: undefined, aggregate: undefined, after: undefined })}
        />
        <FilterForm query={query} domains={[]} faulty />
      </>
    );
  }
  const variables = variablesOf(suite, query);
  const { leaderboard } = await ofRequest(JSON.stringify(variables));
  const title = leaderboard.suite.title;
  const columns = boardColumns(leaderboard);
  const rows = boardRows(leaderboard);
  const domains = [...new Set(leaderboard.suite.measures.map(({ dataset }) => dataset.domain))].sort();
  const present = new Set(rows.map((row) => row.family));
  const chosen = listOf(families, query.family);
  const chosenProvenances = listOf(provenances, query.provenance);
  const provenancesShown = provenances.filter(
    (one) =>
      chosenProvenances.length > 0 ||
      leaderboard.edges.some(({ node }) => node.cells.some((cell) => cell.provenance === one)),
  );
  const units = new Set(columns.filter((column) => column.ranked).map((column) => column.unit));
  const digits =
    leaderboard.aggregate === "MEAN"
      ? Math.max(...columns.filter((column) => column.ranked).map((column) => column.digits), 0)
      : aggregateDigits[leaderboard.aggregate];

  return (
    <>
      <div className="mb-3 max-w-3xl">
        <h2 className="text-xl font-semibold tracking-tight">{title}</h2>
        <p className="mt-1 text-sm text-muted">{leaderboard.suite.description}</p>
      </div>
      <AsOfNotice
        what="The board"
        asOf={leaderboard.asOf ?? null}
        now={withQuery(query, { asOf: undefined })}
      />
      <div className="mb-1 flex flex-wrap items-center gap-x-8 gap-y-2">
        {columns.length > 1 && (
          <Choices
            label="Rank by"
            title="Rank by"
            choices={aggregates.map((aggregate) => ({
              key: aggregate,
              on: aggregate === leaderboard.aggregate,
              href: withQuery(query, {
                aggregate: aggregate.toLowerCase().replace("_", "-"),
                sort: undefined,
                after: undefined,
              }),
              show: aggregateNames[aggregate],
            }))}
          />
        )}
        <Choices
          label="Families"
          title="Family"
          several
          choices={families
            .filter((family) => present.has(family) || chosen.length > 0)
            .map((family) => ({
              key: family,
              on: chosen.includes(family),
              href: withQuery(query, { family: toggled(chosen, family), after: undefined }),
              show: (
                <span className="inline-flex items-center gap-1">
                  <FamilyDot family={family} />
                  {familyNames[family]}
                </span>
              ),
            }))}
        />
        {provenancesShown.length > 1 && (
          <Choices
            label="Provenance"
            title="Values"
            several
            choices={provenancesShown.map((one) => ({
              key: one,
              on: chosenProvenances.includes(one),
              href: withQuery(query, { provenance: toggled(chosenProvenances, one), after: undefined }),
              show: provenanceNames[one],
            }))}
          />
        )}
        <ProtocolFilter board={leaderboard} query={query} />
      </div>
      <FilterForm query={query} domains={domains} />
      {leaderboard.reason && (
        <p className="mb-3 rounded border border-line bg-raised p-3 text-sm">
          {rows.length === 0 && variables.filter ? "No method matches these filters." : leaderboard.reason}
        </p>
      )}
      <BoardTable
        caption={`${title}: ${rows.length} methods, ${leaderboard.rankedCount} ranked`}
        columns={columns}
        rows={rows}
        aggregate={{
          label: aggregateNames[leaderboard.aggregate],
          unit: units.size === 1 && leaderboard.aggregate === "MEAN" ? ([...units][0] ?? null) : null,
          direction: leaderboard.direction,
          digits,
        }}
        query={withQuery(query, {})}
      />
      <p className="mt-3 text-xs leading-5 text-muted">
        <span className="bg-best px-1 font-semibold text-ink">best</span>{" "}
        <span className="bg-second px-1 text-ink underline decoration-1 underline-offset-2">second best</span>{" "}
        of a column; small figures are 95% intervals; <sup>s</sup> self-reported, <sup>r</sup> reproduced by a
        run of ours, all others published; † not under the protocol of most of its column, or under one that
        is not known; ‡ a column under several; a method with a missing value is listed but not ranked; = a
        shared rank. Ledger position {leaderboard.position}.
      </p>
      {leaderboard.pageInfo.hasNextPage && (
        <p className="mt-3 text-sm">
          <Link
            className="link"
            href={withQuery(query, { after: leaderboard.pageInfo.endCursor ?? undefined })}
            prefetch={false}
          >
            The next {Math.min(200, leaderboard.totalCount - rows.length)} methods
          </Link>
        </p>
      )}
      <TakeAway
        suite={leaderboard.suite.slug}
        aggregate={leaderboard.aggregate}
        query={query}
        bibtex={leaderboard.bibtex}
        document={BoardQuery.toString()}
        variables={variables}
      />
    </>
  );
}
