/** A badge for the README of whoever made the method: its best rank, and how to put it there. */
import type { MethodPageQuery } from "../../../generated/graphql";
import { siteOrigin } from "../../lib/site";
import { CopyButton } from "../copy-button";
import { Verbatim } from "../scroll-region";

type Standings = MethodPageQuery["method"]["standings"];

export async function Badges({ slug, standings }: { slug: string; standings: Standings }) {
  const ranked = standings.filter(({ rank, suite }) => rank && suite.slug !== "overview");
  const [best] = ranked.toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  if (!best) return null;
  const site = await siteOrigin();
  const image = `/badge/${slug}/${best.suite.slug}.svg`;
  const markdown = `[![transferboard](${site}${image})](${site}/methods/${slug})`;
  return (
    <section aria-labelledby="badge" className="mt-10">
      <h2 id="badge" className="mb-2 text-lg font-semibold">
        Badge
      </h2>
      {/* biome-ignore lint/performance/noImgElement: an SVG of a few hundred bytes that the API draws */}
      <img src={image} alt={`${best.suite.title}: number ${best.rank} of ${best.of}`} height={20} />
      <Verbatim label="Markdown of the badge" className="mt-2">
        {markdown}
      </Verbatim>
      <CopyButton text={markdown} what="Markdown" />
    </section>
  );
}
