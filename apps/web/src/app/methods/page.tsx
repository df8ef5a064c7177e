import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import { ListTable } from "../../components/list-table";
import { Pages } from "../../components/pages";
import { readQuery, type SearchParams } from "../../lib/address";
import { ask } from "../../lib/api";
import { familyNames } from "../../lib/format";

export const metadata: Metadata = { title: "Methods" };

const MethodsQuery = graphql(`
  query Methods($search: String, $after: String) {
    methods(first: 200, after: $after, filter: { search: $search }, orderBy: { field: NAME, direction: ASC }) {
      totalCount
      nodes {
        slug
        name
        family
        year
        paperTitle
        pretraining {
          epochs
          batchSize
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export default async function MethodsPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const search = query.q?.trim();
  const { methods } = await ask(MethodsQuery, { search: search || null, after: query.after ?? null });
  return (
    <>
      <h1 className="mb-4 text-2xl font-semibold tracking-tight">
        {methods.totalCount} {methods.totalCount === 1 ? "method" : "methods"}
        {search && ` with “${search}”`}
      </h1>
      <search className="mb-4 flex flex-wrap items-center justify-between gap-3 text-sm">
        <form method="get" className="flex gap-2">
          <input
            type="search"
            name="q"
            defaultValue={search}
            aria-label="Search methods"
            placeholder="Search methods"
            className="field w-56 min-w-0"
          />
          <button type="submit" className="button">
            Search
          </button>
        </form>
        <button type="submit" form="compare" className="button button-primary">
          Compare selected
        </button>
      </search>
      <form id="compare" method="get" action="/compare" />
      <ListTable
        label="Methods"
        rows={methods.nodes}
        rowKey={(method) => method.slug}
        columns={[
          {
            title: "Choose",
            untitled: true,
            className: "w-6",
            show: (method) => (
              <input
                type="checkbox"
                form="compare"
                name="methods"
                value={method.slug}
                aria-label={`Select ${method.name}`}
              />
            ),
          },
          {
            title: "Method",
            heads: true,
            className: "whitespace-nowrap",
            show: (method) => (
              <Link className="hover:underline" href={`/methods/${method.slug}`} prefetch={false}>
                {method.name}
              </Link>
            ),
          },
          { title: "Family", show: (method) => familyNames[method.family] },
          { title: "Year", numeric: true, show: (method) => method.year },
          { title: "Epochs", numeric: true, show: (method) => method.pretraining?.epochs },
          { title: "Batch", numeric: true, show: (method) => method.pretraining?.batchSize },
          {
            title: "Paper",
            className: "whitespace-nowrap text-muted lg:whitespace-normal",
            show: (method) => method.paperTitle,
          },
        ]}
      />
      <Pages query={query} pageInfo={methods.pageInfo} next="Next methods" />
    </>
  );
}
