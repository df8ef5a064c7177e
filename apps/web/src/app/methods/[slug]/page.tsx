import type { Metadata } from "next";
import Link from "next/link";
import { cache } from "react";
import type { MethodPageQuery } from "../../../../generated/graphql";
import { CopyButton } from "../../../components/copy-button";
import { ListTable } from "../../../components/list-table";
import { Badges } from "../../../components/method/badges";
import { PretrainingDetails } from "../../../components/method/pretraining";
import { MethodQuery } from "../../../components/method/query";
import { MethodResults } from "../../../components/method/results";
import { MethodPictures } from "../../../components/pictures/method-pictures";
import { Verbatim } from "../../../components/scroll-region";
import { suiteAddress } from "../../../lib/address";
import { ask } from "../../../lib/api";
import { aggregateDigits, aggregateNames, familyNames, formatNumber } from "../../../lib/format";

interface Props {
  params: Promise<{ slug: string }>;
}

const load = cache(async (slug: string) => (await ask(MethodQuery, { slug })).method);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await load((await params).slug)).name };
}

type SuiteOfStanding = MethodPageQuery["method"]["standings"][number]["suite"];

const standingDigits = ({ aggregate, rankedBy }: SuiteOfStanding) =>
  aggregate === "MEAN"
    ? Math.max(...rankedBy.map(({ metric }) => metric.digits), 0)
    : aggregateDigits[aggregate];

/** Of one measure the mean is its value, which has a better name. */
const standingName = ({ aggregate, rankedBy }: SuiteOfStanding) =>
  rankedBy.length === 1 && aggregate === "MEAN"
    ? rankedBy[0]?.metric.title
    : aggregateNames[aggregate].toLowerCase();

export default async function MethodPage({ params }: Props) {
  const method = await load((await params).slug);
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">{method.name}</h1>
      <p className="mt-2 max-w-3xl text-muted">
        {familyNames[method.family]}
        {method.year && `, ${method.year}`}
        {method.paperTitle && (
          <>
            .{" "}
            {method.paperUrl ? (
              <a className="link" href={method.paperUrl}>
                {method.paperTitle}
              </a>
            ) : (
              method.paperTitle
            )}
          </>
        )}
      </p>
      <div className="mt-8 grid gap-10 lg:grid-cols-[3fr_2fr]">
        <section aria-labelledby="standings" className="min-w-0">
          <h2 id="standings" className="mb-2 text-lg font-semibold">
            Standings
          </h2>
          <ListTable
            label="Rank on every board"
            rows={method.standings}
            rowKey={({ suite }) => suite.slug}
            columns={[
              {
                title: "Board",
                heads: true,
                className: "font-normal",
                show: ({ suite }) => (
                  <Link className="hover:underline" href={suiteAddress(suite.slug)} prefetch={false}>
                    {suite.title}
                  </Link>
                ),
              },
              {
                title: "Rank",
                numeric: true,
                show: ({ rank, of, missing }) =>
                  rank ? (
                    `${rank} of ${of}`
                  ) : (
                    <span className="text-muted">not ranked: {missing.length} missing</span>
                  ),
              },
              {
                title: "By",
                numeric: true,
                show: ({ suite, aggregate }) => (
                  <>
                    {formatNumber(aggregate, standingDigits(suite))}{" "}
                    <span className="text-muted">{standingName(suite)}</span>
                  </>
                ),
              },
            ]}
          />
        </section>
        {method.pretraining && (
          <section aria-labelledby="pretraining">
            <h2 id="pretraining" className="mb-2 text-lg font-semibold">
              Pretraining
            </h2>
            <PretrainingDetails pretraining={method.pretraining} />
          </section>
        )}
      </div>
      <section aria-labelledby="checkpoints" className="mt-10">
        <h2 id="checkpoints" className="mb-2 text-lg font-semibold">
          Checkpoints
        </h2>
        <ul className="space-y-1 text-sm">
          {method.checkpoints.map((checkpoint) => (
            <li key={checkpoint.name}>
              {checkpoint.name}: {checkpoint.architecture ?? "architecture not stated"},{" "}
              {checkpoint.featureDimension
                ? `${checkpoint.featureDimension} features`
                : "feature dimension not stated"}
              ,{" "}
              {checkpoint.inputMean.length > 0
                ? `input mean (${checkpoint.inputMean.join(", ")}) and deviation (${checkpoint.inputStd.join(", ")})`
                : "input normalisation not stated"}
              ,{" "}
              {checkpoint.sha256 ? (
                <span className="break-all font-mono text-xs">sha256 {checkpoint.sha256}</span>
              ) : (
                <span className="text-muted">its file is not known</span>
              )}
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="results" className="mt-10">
        <h2 id="results" className="text-lg font-semibold">
          Results
        </h2>
        <MethodResults results={method.results.nodes} />
      </section>
      <MethodPictures method={method.slug} />
      <Badges slug={method.slug} standings={method.standings} />
      {method.bibtex && (
        <section aria-labelledby="cite" className="mt-10">
          <h2 id="cite" className="mb-2 text-lg font-semibold">
            Cite
          </h2>
          <Verbatim label="BibTeX">{method.bibtex}</Verbatim>
          <CopyButton text={method.bibtex} what="BibTeX" />
        </section>
      )}
    </>
  );
}
