import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import { ListTable } from "../../components/list-table";
import { ask } from "../../lib/api";

export const metadata: Metadata = { title: "Datasets" };

const DatasetsQuery = graphql(`
  query Datasets {
    datasets(first: 200) {
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
        }
      }
    }
  }
`);

const count = (value: number | null | undefined) => value?.toLocaleString("en") ?? "";

export default async function DatasetsPage() {
  const { datasets } = await ask(DatasetsQuery);
  return (
    <>
      <h1 className="mb-4 text-2xl font-semibold tracking-tight">{datasets.totalCount} datasets</h1>
      <ListTable
        label="Datasets"
        rows={datasets.nodes}
        rowKey={(dataset) => dataset.slug}
        columns={[
          {
            title: "Dataset",
            heads: true,
            className: "whitespace-nowrap",
            show: (dataset) => dataset.title,
          },
          { title: "Domain", show: (dataset) => dataset.domain },
          { title: "Classes", numeric: true, show: (dataset) => count(dataset.classCount) },
          { title: "Train", numeric: true, show: (dataset) => count(dataset.trainSize) },
          { title: "Validation", numeric: true, show: (dataset) => count(dataset.valSize) },
          { title: "Test", numeric: true, show: (dataset) => count(dataset.testSize) },
          {
            title: "Against ImageNet",
            className: "min-w-[28rem]",
            show: (dataset) =>
              dataset.measures.map((measure) => (
                <Link
                  key={measure.slug}
                  className="link mr-3 inline-block"
                  href={`/correlation?y=${encodeURIComponent(measure.slug)}`}
                  prefetch={false}
                >
                  {measure.setting.title}
                </Link>
              )),
          },
        ]}
      />
    </>
  );
}
