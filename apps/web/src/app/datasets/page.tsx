import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import { ScrollRegion } from "../../components/scroll-region";
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
      <ScrollRegion label="Datasets">
        <table className="w-full min-w-[44rem] text-sm tabular-nums">
          <thead>
            <tr className="text-left text-muted [&>th]:border-b [&>th]:border-line [&>th]:px-2 [&>th]:py-1.5 [&>th]:font-normal">
              <th scope="col">Dataset</th>
              <th scope="col">Domain</th>
              <th scope="col" className="text-right">
                Classes
              </th>
              <th scope="col" className="text-right">
                Train
              </th>
              <th scope="col" className="text-right">
                Validation
              </th>
              <th scope="col" className="text-right">
                Test
              </th>
              <th scope="col">Against ImageNet</th>
            </tr>
          </thead>
          <tbody>
            {datasets.nodes.map((dataset) => (
              <tr
                key={dataset.slug}
                className="[&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1.5 align-top"
              >
                <th scope="row" className="whitespace-nowrap text-left font-medium">
                  {dataset.title}
                </th>
                <td>{dataset.domain}</td>
                <td className="text-right">{count(dataset.classCount)}</td>
                <td className="text-right">{count(dataset.trainSize)}</td>
                <td className="text-right">{count(dataset.valSize)}</td>
                <td className="text-right">{count(dataset.testSize)}</td>
                <td>
                  {dataset.measures.map((measure) => (
                    <Link
                      key={measure.slug}
                      className="link mr-3 inline-block"
                      href={`/correlation?y=${encodeURIComponent(measure.slug)}`}
                      prefetch={false}
                    >
                      {measure.setting.title}
                    </Link>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </>
  );
}
