import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../../generated";
import { RunPictures } from "../../../components/pictures/run-pictures";
import { Curves } from "../../../components/run/curves";
import { Work } from "../../../components/run/work";
import { Verbatim } from "../../../components/scroll-region";
import { ask } from "../../../lib/api";
import { formatDate, formatInterval, formatNumber, runStates } from "../../../lib/format";
import { inOrder } from "../../../lib/json";

export const metadata: Metadata = { title: "Run" };

const RunQuery = graphql(`
  query RunPage($id: ID!) {
    predictions(run: $id) {
      sha256
      testSet
      kind
      images(first: 1) {
        totalCount
      }
    }
    run(id: $id) {
      state
      failure
      device
      seed
      versions
      datasetManifest
      createdAt
      startedAt
      finishedAt
      record
      protocol {
        fingerprint
        title
        body
      }
      checkpoint {
        name
        sha256
        architecture
        loading
        method {
          slug
          name
        }
      }
      dataset {
        title
      }
      results {
        value
        interval {
          lower
          upper
        }
        sampleSize
        measure {
          slug
          title
          metric {
            unit
            digits
          }
        }
      }
    }
  }
`);

/** JSON as it was recorded, behind a summary: long records stay out of the way. */
function Recorded({ title, value }: { title: string; value: unknown }) {
  return (
    <details className="mt-4">
      <summary className="cursor-pointer font-semibold">{title}</summary>
      <Verbatim label={title} className="mt-2 max-h-[32rem] overflow-y-auto">
        {inOrder(value)}
      </Verbatim>
    </details>
  );
}

/** How a number came to be. */
export default async function RunPage({ params }: { params: Promise<{ id: string }> }) {
  const { run, predictions } = await ask(RunQuery, { id: decodeURIComponent((await params).id) });
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    [
      "Method",
      <Link key="method" className="link" href={`/methods/${run.checkpoint.method.slug}`}>
        {run.checkpoint.method.name}
      </Link>,
    ],
    ["Checkpoint", `${run.checkpoint.name} (${run.checkpoint.architecture ?? "architecture not stated"})`],
    ["Checkpoint SHA-256", <code key="sha">{run.checkpoint.sha256 ?? "not stated"}</code>],
    ["Dataset", run.dataset.title],
    ["Dataset manifest", <code key="manifest">{run.datasetManifest}</code>],
    [
      "Protocol",
      <Link key="protocol" className="link" href={`/protocols/${run.protocol.fingerprint}`} prefetch={false}>
        {run.protocol.title}
      </Link>,
    ],
    ["Protocol fingerprint", <code key="fingerprint">{run.protocol.fingerprint}</code>],
    ["Seed", run.seed],
    ["Device", run.device],
    ["Started", run.startedAt ? `${formatDate(run.startedAt)} UTC` : "not yet"],
    ["Finished", run.finishedAt ? `${formatDate(run.finishedAt)} UTC` : "not yet"],
  ];
  return (
    <>
      <p className="text-sm text-muted">Run: {runStates[run.state].toLowerCase()}</p>
      <h1 className="text-2xl font-semibold tracking-tight">
        {run.checkpoint.method.name} on {run.dataset.title}
      </h1>
      {run.failure && <p className="mt-3 rounded border border-line bg-raised p-3 text-sm">{run.failure}</p>}
      <ul className="mt-4 text-lg tabular-nums">
        {run.results.map(({ measure, value, interval, sampleSize }) => (
          <li key={measure.slug}>
            {measure.title}: <strong>{formatNumber(value, measure.metric.digits)}</strong>{" "}
            {measure.metric.unit}{" "}
            <span className="text-sm text-muted">
              {[
                interval && formatInterval(value, interval.lower, interval.upper, measure.metric.digits),
                sampleSize != null && `n = ${sampleSize}`,
              ]
                .filter(Boolean)
                .join(", ")}
            </span>
          </li>
        ))}
      </ul>
      {predictions && (
        <p className="mt-4 text-sm">
          Predictions for all {predictions.images.totalCount.toLocaleString("en")} test images:{" "}
          <a className="link" href={`/predictions/${predictions.sha256}.csv`}>
            CSV
          </a>
          ,{" "}
          <a className="link" href={`/predictions/${predictions.sha256}.bin`}>
            binary
          </a>
          ,{" "}
          <a className="link" href={`/predictions/${predictions.testSet}.json`}>
            test set
          </a>
        </p>
      )}
      <RunPictures record={run.record} />
      <dl className="mt-6 grid gap-x-6 gap-y-1 text-sm sm:grid-cols-[auto_1fr]">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted max-sm:mt-2">{name}</dt>
            <dd className="break-all">{value}</dd>
          </div>
        ))}
      </dl>
      <Work record={run.record} />
      <Curves record={run.record} />
      <Recorded title="Protocol" value={run.protocol.body} />
      <Recorded title="How the checkpoint was loaded" value={run.checkpoint.loading} />
      <Recorded title="Versions" value={run.versions} />
      <Recorded title="Full record" value={run.record} />
    </>
  );
}
