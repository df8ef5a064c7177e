import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import type { DatasetsQuery as Answer } from "../../../generated/graphql";
import { ListTable } from "../../components/list-table";
import { allNodes } from "../../lib/all-nodes";
import { ask } from "../../lib/api";

export const metadata: Metadata = { title: "Datasets" };

const DatasetsQuery = graphql(`
  query Datasets($after: String) {
    datasets(first: 100, after: $after) {
      nodes {
        slug
        title
        domain
        classCount
        trainSize
        valSize
        testSize
        measures {
          setting {
            title
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

type Dataset = Answer["datasets"]["nodes"][number];

const count = (value: number | null | undefined) => value?.toLocaleString("en") ?? "";

/** A dataset's page has all of them. */
const MOST_SETTINGS = 3;

function settingsOf({ measures }: Dataset): string {
  const titles = [...new Set(measures.map(({ setting }) => setting.title))];
  const more = titles.length - MOST_SETTINGS;
  return more > 1 ? `${titles.slice(0, MOST_SETTINGS).join(" · ")} · and ${more} more` : titles.join(" · ");
}

const address = ({ slug }: Dataset) => `/datasets/${encodeURIComponent(slug)}`;

/** Those that a board has a column for in a table, and the others by name. */
export default async function DatasetsPage() {
  const datasets = await allNodes(async (after) => (await ask(DatasetsQuery, { after })).datasets);
  const measured = datasets.filter(({ measures }) => measures.length > 0);
  const others = datasets.filter(({ measures }) => measures.length === 0);
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">Datasets</h1>
      <p className="mt-1 mb-4 text-muted">
        {measured.length} datasets with measures on the boards. Each dataset has a page with its sizes, its
        measures and what predicts them.
      </p>
      <ListTable
        label="Datasets"
        rows={measured}
        rowKey={({ slug }) => slug}
        columns={[
          {
            title: "Dataset",
            heads: true,
            className: "whitespace-nowrap",
            show: (dataset) => (
              <Link className="link" href={address(dataset)} prefetch={false}>
                {dataset.title}
              </Link>
            ),
          },
          { title: "Domain", className: "whitespace-nowrap", show: (dataset) => dataset.domain },
          { title: "Classes", numeric: true, show: (dataset) => count(dataset.classCount) },
          { title: "Train", numeric: true, show: (dataset) => count(dataset.trainSize) },
          { title: "Validation", numeric: true, show: (dataset) => count(dataset.valSize) },
          { title: "Test", numeric: true, show: (dataset) => count(dataset.testSize) },
          {
            title: "Measured in",
            className: "whitespace-nowrap text-muted lg:min-w-[20rem] lg:whitespace-normal",
            show: settingsOf,
          },
        ]}
      />
      {others.length > 0 && (
        <section aria-labelledby="others" className="mt-8 max-w-5xl">
          <h2 id="others" className="mb-1 text-lg font-semibold">
            Not measured yet
          </h2>
          <p className="mb-2 text-sm text-muted">
            {others.length} more datasets are known. You can submit results on them.
          </p>
          <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
            {others.map((dataset) => (
              <li key={dataset.slug}>
                <Link className="link" href={address(dataset)} prefetch={false}>
                  {dataset.title}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
