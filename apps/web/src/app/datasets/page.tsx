import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import { ListTable } from "../../components/list-table";
import { readQuery, type SearchParams, withQuery } from "../../lib/address";
import { ask } from "../../lib/api";

export const metadata: Metadata = { title: "Datasets" };

const DatasetsQuery = graphql(`
  query Datasets($after: String) {
    datasets(first: 100, after: $after) {
      totalCount
      nodes {
        slug
        title
        domain
        classCount
        trainSize
        valSize
        testSize
        measures {
          slug
          setting {
            title
          }
          metric {
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

const count = (value: number | null | undefined) => value?.toLocaleString("en") ?? "";

export default async function DatasetsPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const { datasets } = await ask(DatasetsQuery, { after: query.after ?? null });
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">Datasets</h1>
      <p className="mt-1 mb-4 text-muted">
        {datasets.totalCount} datasets, each with what is measured on it.
      </p>
      <ListTable
        label="Datasets"
        rows={datasets.nodes}
        rowKey={(dataset) => dataset.slug}
        columns={[
          {
            title: "Dataset",
            heads: true,
            className: "whitespace-nowrap",
            show: (dataset) => (
              <Link className="link" href={`/datasets/${encodeURIComponent(dataset.slug)}`} prefetch={false}>
                {dataset.title}
              </Link>
            ),
          },
          { title: "Domain", show: (dataset) => dataset.domain },
          { title: "Classes", numeric: true, show: (dataset) => count(dataset.classCount) },
          { title: "Train", numeric: true, show: (dataset) => count(dataset.trainSize) },
          { title: "Validation", numeric: true, show: (dataset) => count(dataset.valSize) },
          { title: "Test", numeric: true, show: (dataset) => count(dataset.testSize) },
          {
            title: "Against ImageNet",
            className: "min-w-[56rem] lg:min-w-[28rem]",
            show: (dataset) =>
              dataset.measures.map((measure, _, all) => (
                <Link
                  key={measure.slug}
                  className="link mr-3 inline-block"
                  href={`/correlation?y=${encodeURIComponent(measure.slug)}`}
                  prefetch={false}
                >
                  {measure.setting.title}
                  {all.filter(({ setting }) => setting.title === measure.setting.title).length > 1 &&
                    `: ${measure.metric.title}`}
                </Link>
              )),
          },
        ]}
      />
      {datasets.pageInfo.hasNextPage && (
        <p className="mt-3 text-sm">
          <Link
            className="link"
            href={withQuery(query, { after: datasets.pageInfo.endCursor ?? undefined })}
            prefetch={false}
          >
            Next datasets
          </Link>
        </p>
      )}
    </>
  );
}
