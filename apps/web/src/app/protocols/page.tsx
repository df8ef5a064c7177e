import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import { AutoForm } from "../../components/auto-form";
import { ListTable } from "../../components/list-table";
import { Pages } from "../../components/pages";
import { readQuery, type SearchParams } from "../../lib/address";
import { ask } from "../../lib/api";
import { shortHash } from "../../lib/format";

export const metadata: Metadata = { title: "Protocols" };

const ProtocolsQuery = graphql(`
  query Protocols($setting: String, $search: String, $after: String) {
    protocols(setting: $setting, search: $search, first: 100, after: $after) {
      totalCount
      nodes {
        fingerprint
        title
        setting {
          title
        }
        resultCount
        runCount
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

/** Every protocol, with what was measured under it. */
export default async function ProtocolsPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const { protocols } = await ask(ProtocolsQuery, {
    setting: query.setting || null,
    search: query.q?.trim() || null,
    after: query.after ?? null,
  });
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">{protocols.totalCount} protocols</h1>
      <p className="mt-1 mb-4 max-w-3xl text-muted">
        A protocol is everything that makes a number comparable: preprocessing, splits, search grid, solver,
        metric. Values under different protocols are shown together, but not ranked together.
      </p>
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <AutoForm label="Search" names={["q"]} drop={["after"]} className="flex">
          <input
            type="search"
            name="q"
            defaultValue={query.q}
            aria-label="Search protocols"
            placeholder="Name or fingerprint"
            className="field w-64"
          />
        </AutoForm>
        <Link className="button" href="/protocols/diff" prefetch={false}>
          Compare two
        </Link>
        <Link className="button" href="/runs" prefetch={false}>
          Runs
        </Link>
      </div>
      <ListTable
        label="Protocols"
        rows={protocols.nodes}
        rowKey={({ fingerprint }) => fingerprint}
        columns={[
          {
            title: "Protocol",
            heads: true,
            className: "min-w-56",
            show: ({ fingerprint, title }) => (
              <Link className="link" href={`/protocols/${fingerprint}`} prefetch={false}>
                {title}
              </Link>
            ),
          },
          { title: "Setting", className: "whitespace-nowrap", show: ({ setting }) => setting.title },
          {
            title: "Fingerprint",
            className: "font-mono text-xs",
            show: ({ fingerprint }) => (
              <span data-card={`Fingerprint\n${fingerprint}`}>{shortHash(fingerprint)}</span>
            ),
          },
          { title: "Values", numeric: true, show: ({ resultCount }) => resultCount },
          { title: "Runs", numeric: true, show: ({ runCount }) => runCount },
        ]}
      />
      <Pages query={query} pageInfo={protocols.pageInfo} next="Next protocols" />
    </>
  );
}
