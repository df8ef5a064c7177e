import type { Metadata } from "next";
import Link from "next/link";
import { cache } from "react";
import { CopyButton } from "../../../components/copy-button";
import { JsonLd } from "../../../components/json-ld";
import { Badges } from "../../../components/method/badges";
import { PretrainingDetails } from "../../../components/method/pretraining";
import { Profile } from "../../../components/method/profile";
import { FieldQuery, MethodQuery } from "../../../components/method/query";
import { MethodResults, ranksOf } from "../../../components/method/results";
import { Rivals } from "../../../components/method/rivals";
import { MethodPictures } from "../../../components/pictures/method-pictures";
import { Verbatim } from "../../../components/scroll-region";
import { ask } from "../../../lib/api";
import { familyNames } from "../../../lib/format";

interface Props {
  params: Promise<{ slug: string }>;
}

const load = cache((slug: string) => ask(MethodQuery, { slug }));

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug } = await params;
  const { method } = await load(slug);
  return { title: method.name, openGraph: { images: [`/social-image?method=${encodeURIComponent(slug)}`] } };
}

export default async function MethodPage({ params }: Props) {
  const { slug } = await params;
  const [{ method, runs }, field] = await Promise.all([load(slug), ask(FieldQuery)]);
  return (
    <>
      <JsonLd method={method.slug} />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-semibold tracking-tight">{method.name}</h1>
        <Link className="button" href={`/compare?methods=${method.slug}`} prefetch={false}>
          Compare with others
        </Link>
      </div>
      <p className="mt-1 max-w-3xl text-muted">
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
      <div className="mt-6 grid gap-x-12 gap-y-8 lg:grid-cols-[5fr_3fr]">
        <section aria-labelledby="standings" className="min-w-0">
          <h2 id="standings" className="mb-1 text-lg font-semibold">
            Profile
          </h2>
          <p className="mb-2 text-xs text-muted">
            One line per board, the best rank on the left. The large dot is {method.name}.
          </p>
          <Profile standings={method.standings} colour={`var(--${method.family.toLowerCase()})`} />
        </section>
        <div className="min-w-0 space-y-8">
          <Rivals slug={method.slug} field={field} />
          <section aria-labelledby="pretraining">
            <h2 id="pretraining" className="mb-2 text-lg font-semibold">
              Pretraining
            </h2>
            {method.pretraining ? (
              <PretrainingDetails pretraining={method.pretraining} />
            ) : (
              <p className="text-sm text-muted">Not stated.</p>
            )}
          </section>
        </div>
      </div>
      <section aria-labelledby="results" className="mt-10">
        <h2 id="results" className="text-lg font-semibold">
          Results
        </h2>
        <MethodResults results={method.results.nodes} ranks={ranksOf(method.slug, field)} />
        {method.results.totalCount > method.results.nodes.length && (
          <p className="text-sm text-muted">
            The newest {method.results.nodes.length} of {method.results.totalCount}.
          </p>
        )}
      </section>
      <section aria-labelledby="checkpoints" className="mt-8">
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
                <span className="font-mono text-xs break-all">sha256 {checkpoint.sha256}</span>
              ) : (
                <span className="text-muted">file not stated</span>
              )}
            </li>
          ))}
        </ul>
        {runs.totalCount > 0 && (
          <p className="mt-2 text-sm">
            <Link className="link" href={`/runs?method=${method.slug}`} prefetch={false}>
              {runs.totalCount} {runs.totalCount === 1 ? "run" : "runs"} of this project
            </Link>
          </p>
        )}
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
