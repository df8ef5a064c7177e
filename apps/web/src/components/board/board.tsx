/** A suite's board: heading, and the view with its toolbar. Filters and ranks are the server's, the rest runs in the browser. */
import { cache } from "react";
import type {
  Aggregate,
  BoardQueryVariables,
  Family,
  LeaderboardOrder,
  Provenance,
} from "../../../generated/graphql";
import { listOf, oneOf, type Query, readMoment, withQuery } from "../../lib/address";
import { ask } from "../../lib/api";
import { filterQuery, noFilter, partsOfFilter, readFilter } from "../../lib/board-filter";
import { aggregateFaults, filterFaults } from "../../lib/filter-faults";
import { aggregateDigits, aggregateNames, familyNames, formatDate, provenanceNames } from "../../lib/format";
import { AsOfNotice } from "../as-of";
import { FaultNotice } from "../fault-notice";
import { Pages } from "../pages";
import { BoardView } from "./board-view";
import { ExportPanel } from "./export-panel";
import { FilterForm } from "./filter-form";
import { ghostsOf, withGhosts } from "./marks/ghosts";
import { lettersOf, tiesOf } from "./marks/ties";
import { NoResults } from "./no-results";
import { pageSize } from "./paging";
import { ProtocolFilter } from "./protocol-filter";
import { BoardQuery, WidthQuery } from "./query";
import { boardColumns, boardRows } from "./rows";
import { parseSortText } from "./sorting";
import { readView } from "./view-state";

const aggregates = Object.keys(aggregateNames) as Aggregate[];
const provenances = Object.keys(provenanceNames) as Provenance[];
const families = Object.keys(familyNames) as Family[];

/** Once a request: the page's title and its board are of one answer. */
const ofRequest = cache((variables: string) => ask(BoardQuery, JSON.parse(variables) as BoardQueryVariables));
/** A measure's own board, whose slug has slashes, has one column. */
const columnsOf = cache(async (suite: string) =>
  suite.includes("/") ? 1 : (await ask(WidthQuery, { suite })).suite.measures.length,
);

const faultsOf = (query: Query) => [...filterFaults(query), ...aggregateFaults(query)];

/** The order of the address as the API takes it; null for the board's own. */
function orderOf(sort: string | undefined): LeaderboardOrder | null {
  const { id, descending } = parseSortText(sort);
  const direction = descending ? "DESC" : "ASC";
  if (id === "rank") return descending ? { field: "RANK", direction } : null;
  if (id === "method") return { field: "METHOD", direction };
  return { field: "MEASURE", measure: id, direction };
}

const READOUTS = { default: "DEFAULT", best: "BEST", each: "EACH" } as const;

async function variablesOf(suite: string, query: Query): Promise<BoardQueryVariables> {
  const view = readView((name) => query[name]);
  return {
    suite,
    aggregate: oneOf(aggregates, query.aggregate?.toUpperCase().replace("-", "_")) ?? null,
    filter: readFilter(query),
    among: view.all ? "ALL" : "COMPARABLE",
    readouts: view.readout && READOUTS[view.readout],
    asOf: readMoment(query.asOf) ?? null,
    first: pageSize(await columnsOf(suite)),
    after: query.after ?? null,
    // A page of a longer board is one of its order and search; those of a whole board are the browser's.
    orderBy: query.after ? orderOf(query.sort) : null,
    search: query.after ? view.search || null : null,
  };
}

/** Asked again in the order and with the search of the address, where the board has more rows than a page. */
async function boardOf(suite: string, query: Query) {
  const variables = await variablesOf(suite, query);
  const { leaderboard } = await ofRequest(JSON.stringify(variables));
  const paged = query.after !== undefined || leaderboard.pageInfo.hasNextPage;
  const orderBy = orderOf(query.sort);
  const { search } = readView((name) => query[name]);
  if (query.after || !paged || !(orderBy || search)) return { leaderboard, variables, paged };
  const asked = { ...variables, orderBy, search: search || null };
  return { leaderboard: (await ofRequest(JSON.stringify(asked))).leaderboard, variables: asked, paged };
}

/** The board's name; its slug where the address has faults. */
export async function boardTitle(suite: string, query: Query): Promise<string> {
  if (faultsOf(query).length > 0) return suite;
  return (await ofRequest(JSON.stringify(await variablesOf(suite, query)))).leaderboard.suite.title;
}

export async function Board({ suite, query }: { suite: string; query: Query }) {
  const faults = faultsOf(query);
  if (faults.length > 0) {
    return (
      <>
        <h1 className="mb-3 text-xl font-semibold tracking-tight">{suite}</h1>
        <FaultNotice
          what="The board"
          faults={faults}
          without={withQuery(query, { ...noFilter, asOf: undefined, aggregate: undefined, after: undefined })}
        />
        <FilterForm query={query} domains={[]} faulty />
      </>
    );
  }
  const { leaderboard, variables, paged } = await boardOf(suite, query);
  const title = leaderboard.suite.title;
  const columns = boardColumns(leaderboard);
  const wantsGhosts = readView((name) => query[name]).ghosts;
  const [ties, ghosts] = await Promise.all([
    // Pairs are tested by the newest values: under another choice of readouts these are not the board's.
    variables.readouts ? null : tiesOf(variables),
    wantsGhosts
      ? ghostsOf(
          leaderboard.suite.slug,
          leaderboard.edges.map(({ node }) => node.method.slug),
        )
      : null,
  ]);
  const measured = boardRows(leaderboard, lettersOf(ties));
  const rows = ghosts ? withGhosts(measured, columns, ghosts) : measured;
  const domains = [...new Set(leaderboard.suite.measures.map(({ dataset }) => dataset.domain))].sort();
  const present = new Set(rows.map((row) => row.family));
  const chosen = listOf(families, query.family);
  const chosenProvenances = listOf(provenances, query.provenance);
  const used = new Set(rows.flatMap(({ cells }) => cells.map(({ provenance }) => provenance)));
  const ranked = columns.filter((column) => column.ranked);
  const units = new Set(ranked.map((column) => column.unit));

  const digits =
    leaderboard.aggregate === "MEAN"
      ? Math.max(...ranked.map((column) => column.digits), 0)
      : aggregateDigits[leaderboard.aggregate];

  const head = (
    <>
      <div className="mb-3 flex max-w-5xl flex-wrap items-baseline gap-x-4 gap-y-1">
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        <p className="text-sm text-muted">{leaderboard.suite.description}</p>
      </div>
      <AsOfNotice
        what="The board"
        asOf={leaderboard.asOf ?? null}
        now={withQuery(query, { asOf: undefined })}
      />
    </>
  );
  // Nothing is there to be searched, filtered or drawn.
  if (rows.length === 0 && !variables.filter && !variables.search && !query.after) {
    return (
      <>
        {head}
        <NoResults columns={columns.map(({ label }) => label)} past={leaderboard.asOf != null} />
      </>
    );
  }
  return (
    <>
      {head}
      {leaderboard.reason && (
        <p className="mb-3 rounded border border-line bg-raised p-3 text-sm">
          {rows.length === 0 && variables.filter && !variables.search
            ? "No method matches these filters."
            : leaderboard.reason}
        </p>
      )}
      <BoardView
        caption={`${title}: ${rows.length} methods, ${leaderboard.rankedCount} ranked`}
        columns={columns}
        rows={rows}
        paged={paged}
        aggregate={{
          label: ranked.length === 1 ? (ranked[0]?.label ?? "Value") : aggregateNames[leaderboard.aggregate],
          unit: units.size === 1 && leaderboard.aggregate === "MEAN" ? ([...units][0] ?? null) : null,
          direction: leaderboard.direction,
          digits,
        }}
        query={withQuery(query, {})}
        rankBy={{
          chosen: leaderboard.aggregate,
          // Of one measure every aggregate gives the same order.
          choices: ranked.length > 1 ? aggregates : [],
        }}
        families={{
          chosen,
          // What a choice leaves out can be added to it: the rows no longer tell what the board has.
          present: families.filter((family) => present.has(family) || chosen.length > 0),
        }}
        provenances={{
          chosen: chosenProvenances,
          present: provenances.filter((one) => used.has(one) || chosenProvenances.length > 0),
        }}
        filters={partsOfFilter(query, ["family", "provenance", "protocol"])}
        clear={noFilter}
        readouts={new Set(rows.flatMap(({ readouts }) => readouts)).size > 0}
        hasEmpty={rows.some(({ cells }) => cells.some(({ value }) => value === null))}
        incomparable={rows.some(({ cells }) => cells.some(({ differentProtocol }) => differentProtocol))}
        exports={{
          suite: leaderboard.suite.slug,
          fixed: {
            suite: leaderboard.suite.slug,
            aggregate: leaderboard.aggregate,
            ...filterQuery(query),
            asOf: readMoment(query.asOf),
          },
        }}
        more={<FilterForm query={query} domains={domains} />}
        protocols={<ProtocolFilter board={leaderboard} query={query} />}
      />
      <Pages
        query={query}
        pageInfo={leaderboard.pageInfo}
        next="Next methods"
        first={`First ${variables.first} methods`}
      />
      <p className="mt-2 text-xs text-muted">
        {variables.search
          ? `${leaderboard.totalCount} ${leaderboard.totalCount === 1 ? "method" : "methods"} with “${variables.search}” in the name; ${leaderboard.rankedCount} methods ranked`
          : `${leaderboard.rankedCount} of ${leaderboard.totalCount} methods ranked`}
        {leaderboard.asOf ? ` as of ${formatDate(leaderboard.asOf)} UTC` : ""}. Ledger position{" "}
        {leaderboard.position}.
      </p>
      {ghosts && (
        <p className="mt-2 max-w-3xl text-xs text-muted">
          {ghosts.reason ??
            "≈ Not measured: predicted from the method’s other values, with a 95% prediction interval. Predictions are never ranked, averaged or exported."}
        </p>
      )}
      {ties && (
        <p className="mt-2 max-w-3xl text-xs text-muted">
          {ties.sentence} Paired tests on predictions for the same {ties.images.toLocaleString("en")} images,
          Holm-corrected for all pairs.
          {ties.without > 0 &&
            ` ${ties.without} ranked ${ties.without === 1 ? "method has" : "methods have"} no recorded predictions, and so no bar.`}
          {ties.notSeparatedButApart.length > 0 &&
            ` Not significantly different either, though no bar joins them: ${ties.notSeparatedButApart.map(({ a, b }) => `${a.name} and ${b.name}`).join(", ")}.`}{" "}
          {ties.about}
        </p>
      )}
      <ExportPanel
        query={query}
        bibtex={leaderboard.bibtex}
        document={BoardQuery.toString()}
        variables={variables}
      />
    </>
  );
}
