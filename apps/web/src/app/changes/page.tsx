import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import type { ChangeKind, ChangesPageQuery } from "../../../generated/graphql";
import { Pages } from "../../components/pages";
import { readMoment, readQuery, type SearchParams, suiteAddress } from "../../lib/address";
import { ask } from "../../lib/api";
import { formatDate } from "../../lib/format";

export const metadata: Metadata = { title: "Changes" };

const ChangesQuery = graphql(`
  query ChangesPage($since: DateTime, $method: String, $suite: String, $after: String) {
    changes(since: $since, method: $method, suite: $suite, first: 20, after: $after) {
      nodes {
        kind
        at
        entries
        corrected
        sources
        runId
        reason
        by
        methods {
          slug
          name
        }
        measures {
          slug
          title
        }
        effects {
          suite {
            slug
            title
          }
          method {
            slug
            name
          }
          before
          after
          amongAll
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type Change = ChangesPageQuery["changes"]["nodes"][number];

const kinds: Readonly<Record<ChangeKind, string>> = {
  ACCEPTED: "Accepted",
  CORRECTED: "Corrected",
  RETRACTED: "Retracted",
  MEASURED: "Measured",
  PUBLISHED: "Published",
};

const values = (count: number) => `${count.toLocaleString("en")} ${count === 1 ? "value" : "values"}`;

function Rank({ rank }: { rank: number | null | undefined }) {
  return <span className={rank == null ? "text-muted" : ""}>{rank ?? "not ranked"}</span>;
}

function ChangeView({ change }: { change: Change }) {
  const { kind, at, entries, methods, measures, effects, sources, runId, reason, by } = change;
  const moved = effects.filter(({ before, after }) => before !== after);
  return (
    <li className="border-l-2 border-line pb-6 pl-4">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <span className={`font-semibold ${kind === "RETRACTED" ? "text-fault" : ""}`}>{kinds[kind]}</span>
        <span className="text-sm text-muted tabular-nums">{formatDate(at)} UTC</span>
      </p>
      <p className="mt-1 text-sm">
        {values(entries)} of{" "}
        {methods.length <= 3
          ? methods.map(({ slug, name }, i) => (
              <span key={slug}>
                {i > 0 && ", "}
                <Link className="link" href={`/methods/${slug}`} prefetch={false}>
                  {name}
                </Link>
              </span>
            ))
          : `${methods.length} methods`}{" "}
        in{" "}
        {measures.length <= 3
          ? measures.map(({ slug, title }, i) => (
              <span key={slug}>
                {i > 0 && ", "}
                <Link className="link" href={suiteAddress(slug)} prefetch={false}>
                  {title}
                </Link>
              </span>
            ))
          : `${measures.length} measures`}
        {!runId && sources.length === 1 && kind !== "RETRACTED" && `, source: ${sources[0]}`}.
        {runId && (
          <>
            {" "}
            <Link className="link" href={`/runs/${encodeURIComponent(runId)}`} prefetch={false}>
              Run
            </Link>
          </>
        )}
      </p>
      {reason && (
        <p className="mt-1 text-sm">
          Reason: {reason} {by && <span className="text-muted">({by})</span>}
        </p>
      )}
      {moved.length > 0 && (
        <table className="mt-2 text-sm tabular-nums">
          <caption className="sr-only">Ranks before and after</caption>
          <thead>
            <tr className="text-left text-xs text-muted [&>th]:pr-6 [&>th]:font-normal">
              <th scope="col">Board</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {moved.map(({ suite, method, before, after, amongAll }) => (
              <tr key={`${suite.slug} ${method.slug}`} className="[&>*]:pr-6">
                <th scope="row" className="text-left font-normal">
                  <Link
                    className="hover:underline"
                    href={`${suiteAddress(suite.slug)}${amongAll ? "?among=all" : ""}`}
                    prefetch={false}
                  >
                    {suite.title}
                  </Link>
                  {methods.length > 1 && <span className="text-muted"> {method.name}</span>}
                </th>
                <td>
                  <Rank rank={before} />
                </td>
                <td>
                  <Rank rank={after} />
                  {amongAll && <span className="text-xs text-muted"> among all values</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </li>
  );
}

/** What the record gained and lost, newest first. */
export default async function ChangesPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const { changes } = await ask(ChangesQuery, {
    since: readMoment(query.since) ?? null,
    method: query.method ?? null,
    suite: query.suite ?? null,
    after: query.after ?? null,
  });
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">Changes</h1>
      <p className="mt-1 mb-6 max-w-3xl text-muted">
        What was accepted, measured, corrected and retracted, newest first, with the ranks before and after.
        Nothing is overwritten: you can open every board as of a past day. See also{" "}
        <Link className="link" href="/claims" prefetch={false}>
          claims
        </Link>
        , which are checked with every change, and{" "}
        <Link className="link" href="/findings" prefetch={false}>
          findings
        </Link>
        , the recorded values that look wrong.
      </p>
      {changes.nodes.length === 0 ? (
        <p className="text-sm text-muted">No changes.</p>
      ) : (
        <ol>
          {changes.nodes.map((change) => (
            <ChangeView key={`${change.kind} ${change.at} ${change.methods[0]?.slug}`} change={change} />
          ))}
        </ol>
      )}
      <Pages query={query} pageInfo={changes.pageInfo} next="Older changes" />
    </>
  );
}
