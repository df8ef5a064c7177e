import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import type { RunState } from "../../../generated/graphql";
import { ListTable } from "../../components/list-table";
import { LiveLink } from "../../components/live-link";
import { Pages } from "../../components/pages";
import { oneOf, readQuery, type SearchParams } from "../../lib/address";
import { ask } from "../../lib/api";
import { formatDate, formatNumber, runStates } from "../../lib/format";

export const metadata: Metadata = { title: "Runs" };

const RunsQuery = graphql(`
  query Runs($state: RunState, $method: String, $dataset: String, $setting: String, $after: String) {
    runs(state: $state, method: $method, dataset: $dataset, setting: $setting, first: 50, after: $after) {
      totalCount
      nodes {
        id
        state
        device
        createdAt
        finishedAt
        protocol {
          title
        }
        dataset {
          title
        }
        checkpoint {
          name
          method {
            slug
            name
          }
        }
        results {
          value
          measure {
            slug
            metric {
              title
              unit
              digits
            }
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const states = Object.keys(runStates) as RunState[];

/** Every run of this project's own evaluation, newest first. */
export default async function RunsPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const state = oneOf(states, query.state) ?? null;
  const { runs } = await ask(RunsQuery, {
    state,
    method: query.method ?? null,
    dataset: query.dataset ?? null,
    setting: query.setting ?? null,
    after: query.after ?? null,
  });
  const kept = (["method", "dataset", "setting"] as const).filter((name) => query[name]);
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">
        {runs.totalCount} {runs.totalCount === 1 ? "run" : "runs"}
      </h1>
      <p className="mt-1 mb-4 max-w-3xl text-muted">
        A run is one evaluation of one checkpoint on one machine. Its page has the full record.
      </p>
      <nav aria-label="State" className="mb-3 flex flex-wrap gap-1.5">
        {states.map((one) => (
          <LiveLink
            key={one}
            set={{ state: one === state ? "" : one, after: "" }}
            aria-current={one === state ? "true" : undefined}
            className={`chip ${one === state ? "border-ink font-medium" : ""}`}
          >
            {runStates[one]}
          </LiveLink>
        ))}
        {kept.map((name) => (
          <LiveLink key={name} set={{ [name]: "", after: "" }} className="chip border-accent">
            {name} {query[name]} <span aria-hidden="true">×</span>
            <span className="sr-only">: remove this filter</span>
          </LiveLink>
        ))}
      </nav>
      {runs.nodes.length === 0 ? (
        <p className="text-sm text-muted">
          {state || kept.length > 0 ? "No run matches these filters." : "No run yet."}{" "}
          <Link className="link" href="/evaluate" prefetch={false}>
            Evaluate a model
          </Link>
        </p>
      ) : (
        <ListTable
          label="Runs"
          rows={runs.nodes}
          rowKey={({ id }) => id}
          columns={[
            {
              title: "Run",
              heads: true,
              className: "min-w-44 font-normal",
              show: ({ id, checkpoint, dataset }) => (
                <Link className="link" href={`/runs/${encodeURIComponent(id)}`} prefetch={false}>
                  {checkpoint.method.name} on {dataset.title}
                </Link>
              ),
            },
            { title: "State", show: ({ state: one }) => runStates[one] },
            { title: "Protocol", className: "min-w-44", show: ({ protocol }) => protocol.title },
            {
              title: "Values",
              className: "min-w-56",
              show: ({ results }) =>
                results
                  .map(
                    ({ value, measure: { metric } }) =>
                      `${metric.title} ${formatNumber(value, metric.digits)} ${metric.unit}`,
                  )
                  .join("; "),
            },
            { title: "Device", className: "text-muted", show: ({ device }) => device },
            {
              title: "Finished (UTC)",
              className: "whitespace-nowrap",
              show: ({ finishedAt }) => (finishedAt ? formatDate(finishedAt) : ""),
            },
          ]}
        />
      )}
      <Pages query={query} pageInfo={runs.pageInfo} next="Older runs" />
    </>
  );
}
