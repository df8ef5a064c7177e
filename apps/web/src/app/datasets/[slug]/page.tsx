import type { Metadata } from "next";
import Link from "next/link";
import { cache } from "react";
import { graphql } from "../../../../generated";
import { MissedImages } from "../../../components/dataset/missed-images";
import { JsonLd } from "../../../components/json-ld";
import { ListTable } from "../../../components/list-table";
import { DirectionMark } from "../../../components/marks";
import { suiteAddress } from "../../../lib/address";
import { ask } from "../../../lib/api";

interface Props {
  params: Promise<{ slug: string }>;
}

const DatasetQuery = graphql(`
  query DatasetPage($slug: String!) {
    dataset(slug: $slug) {
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
          ...MetricFields
        }
      }
    }
    runs(dataset: $slug, first: 1) {
      totalCount
    }
    missed: dataset(slug: $slug) {
      missedByAll {
        images
        methods
        predictions
        count
        all {
          image
          item
          truth
          mistakenFor
          times
          picture
        }
      }
    }
  }
`);

const load = cache((slug: string) => ask(DatasetQuery, { slug }));
const slugOf = async ({ params }: Props) => decodeURIComponent((await params).slug);

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: (await load(await slugOf(props))).dataset.title };
}

const count = (value: number | null | undefined) => value?.toLocaleString("en") ?? "not stated";

/** A dataset: what it is, and everything that is measured on it. */
export default async function DatasetPage(props: Props) {
  const { dataset, runs, missed } = await load(await slugOf(props));
  const facts = [
    ["Domain", dataset.domain],
    ["Classes", count(dataset.classCount)],
    ["Training images", count(dataset.trainSize)],
    ["Validation images", count(dataset.valSize)],
    ["Test images", count(dataset.testSize)],
  ] as const;
  return (
    <>
      <JsonLd dataset={dataset.slug} />
      <h1 className="text-2xl font-semibold tracking-tight">{dataset.title}</h1>
      <dl className="mt-3 grid w-fit grid-cols-[auto_auto] gap-x-6 gap-y-1 text-sm">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <h2 className="mt-8 mb-2 text-lg font-semibold">Measures</h2>
      <ListTable
        label={`Measures on ${dataset.title}`}
        className="max-w-4xl"
        rows={dataset.measures}
        rowKey={({ slug }) => slug}
        columns={[
          {
            title: "Setting",
            heads: true,
            className: "font-normal whitespace-nowrap",
            show: ({ slug, setting }) => (
              <Link className="link" href={suiteAddress(slug)} prefetch={false}>
                {setting.title}
              </Link>
            ),
          },
          {
            title: "Metric",
            className: "whitespace-nowrap",
            show: ({ metric }) => (
              <>
                {metric.title}, {metric.unit} <DirectionMark direction={metric.direction} />
              </>
            ),
          },
          {
            title: "Against ImageNet accuracy",
            show: ({ slug }) => (
              <Link className="link" href={`/correlation?y=${encodeURIComponent(slug)}`} prefetch={false}>
                Correlation
              </Link>
            ),
          },
          {
            title: "Best predictors",
            className: "whitespace-nowrap",
            show: ({ slug }) => (
              <Link
                className="link"
                href={`/correlation/predictors?of=${encodeURIComponent(slug)}`}
                prefetch={false}
              >
                What predicts it
              </Link>
            ),
          },
        ]}
      />
      {missed.missedByAll && <MissedImages missed={missed.missedByAll} />}
      {runs.totalCount > 0 && (
        <p className="mt-4 text-sm">
          <Link className="link" href={`/runs?dataset=${encodeURIComponent(dataset.slug)}`} prefetch={false}>
            {runs.totalCount} {runs.totalCount === 1 ? "run" : "runs"} on this dataset
          </Link>
        </p>
      )}
    </>
  );
}
