/** JSON-LD for those who look for data: the ledger in Croissant, a dataset and a method in schema.org's words. */
import { createHash } from "node:crypto";
import { croissant } from "@transferboard/eval-core/formats";
import { citeAnswer } from "../../citation.ts";
import type { Context } from "../../context.ts";
import type { Dataset, Method, Suite } from "../catalogue/entities.ts";
import { LEDGER_COLUMNS, lastPosition, measureCsv } from "./ledger.ts";

/** Of the record's own numbers and words. */
const LICENSE = "https://creativecommons.org/licenses/by/4.0/";

const databaseOf = ({ siteUrl }: Context) => createHash("sha256").update(siteUrl).digest("hex");

export async function describeLedger(context: Context, suite?: Suite): Promise<object> {
  const { db, siteUrl } = context;
  const [snapshot, position] = await Promise.all([context.snapshot(), lastPosition(db.sql)]);
  const { bytes, sha256 } = await measureCsv(db.sql, position, databaseOf(context));
  const page = suite === undefined ? `${siteUrl}/about` : `${siteUrl}/suites/${suite.slug}`;
  const what = suite === undefined ? "" : ` The board '${suite.title}': ${suite.description}`;
  const day = snapshot.moment.toISOString().slice(0, 10);
  return croissant({
    name: suite === undefined ? "transferboard-ledger" : `transferboard-${suite.slug}`,
    description: `Results of pretrained vision models, as of ledger position ${position}.${what}`,
    url: page,
    license: LICENSE,
    published: day,
    modified: day,
    position: String(position),
    citeAs: citeAnswer({
      key: suite?.slug ?? "ledger",
      title: suite?.title ?? "The ledger",
      url: page,
      asOf: snapshot.moment,
    }),
    keywords: ["computer vision", "transfer learning", "pretrained models", "benchmark"],
    file: {
      name: "ledger.csv",
      url: `${siteUrl}/export/ledger.csv?position=${position}`,
      bytes,
      sha256,
      columns: Object.keys(LEDGER_COLUMNS),
    },
  });
}

/** No licence is claimed: the images are others'. */
export const describeDataset = (
  { slug, title, domain, testSize }: Dataset,
  { siteUrl }: Context,
): object => ({
  "@context": "http://schema.org/",
  "@type": "Dataset",
  name: title,
  description: `${title}, a dataset of ${domain} that pretrained vision models are tested on.`,
  url: `${siteUrl}/datasets/${slug}`,
  ...(testSize !== null && { size: `${testSize} images to test on` }),
});

export const describeMethod = (
  { slug, name, paperTitle, paperUrl, year }: Method,
  { siteUrl }: Context,
): object => ({
  "@context": "http://schema.org/",
  "@type": "CreativeWork",
  name,
  url: `${siteUrl}/methods/${slug}`,
  ...(year !== null && { datePublished: String(year) }),
  ...(paperTitle !== null && {
    citation: { "@type": "ScholarlyArticle", name: paperTitle, ...(paperUrl !== null && { url: paperUrl }) },
  }),
  subjectOf: { "@type": "Dataset", name: "transferboard-ledger", url: `${siteUrl}/about` },
});
