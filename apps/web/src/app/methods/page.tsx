import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import { ScrollRegion } from "../../components/scroll-region";
import { ask } from "../../lib/api";
import { familyNames } from "../../lib/format";

export const metadata: Metadata = { title: "Methods" };

const MethodsQuery = graphql(`
  query Methods {
    methods(first: 200, orderBy: { field: NAME, direction: ASC }) {
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
    }
  }
`);

export default async function MethodsPage() {
  const { methods } = await ask(MethodsQuery);
  return (
    <>
      <h1 className="mb-4 text-2xl font-semibold tracking-tight">{methods.totalCount} methods</h1>
      <ScrollRegion label="Methods">
        <table className="w-full min-w-[36rem] text-sm tabular-nums">
          <thead>
            <tr className="text-left text-muted [&>th]:border-b [&>th]:border-line [&>th]:px-2 [&>th]:py-1.5 [&>th]:font-normal">
              <th scope="col">Method</th>
              <th scope="col">Family</th>
              <th scope="col" className="text-right">
                Year
              </th>
              <th scope="col" className="text-right">
                Epochs
              </th>
              <th scope="col" className="text-right">
                Batch
              </th>
              <th scope="col">Paper</th>
            </tr>
          </thead>
          <tbody>
            {methods.nodes.map((method) => (
              <tr key={method.slug} className="[&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1.5">
                <th scope="row" className="whitespace-nowrap text-left font-medium">
                  <Link className="hover:underline" href={`/methods/${method.slug}`} prefetch={false}>
                    {method.name}
                  </Link>
                </th>
                <td>{familyNames[method.family]}</td>
                <td className="text-right">{method.year}</td>
                <td className="text-right">{method.pretraining?.epochs}</td>
                <td className="text-right">{method.pretraining?.batchSize}</td>
                <td className="text-muted">{method.paperTitle}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </>
  );
}
