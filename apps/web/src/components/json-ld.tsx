/** What a page says of itself to those who look for data: JSON-LD, which nothing runs. */
import { graphql } from "../../generated";
import { ask } from "../lib/api";

const JsonLdQuery = graphql(`
  query PageJsonLd($suite: String, $dataset: String, $method: String) {
    jsonLd(suite: $suite, dataset: $dataset, method: $method)
  }
`);

/** Name one of them. */
export async function JsonLd(props: { suite?: string; dataset?: string; method?: string }) {
  const { jsonLd } = await ask(JsonLdQuery, props);
  // A text of the record could end the element.
  const text = JSON.stringify(jsonLd).replaceAll("<", "\\u003c");
  // biome-ignore lint/security/noDangerouslySetInnerHtml: JSON without a sign that ends the element; a browser runs none of it.
  return <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: text }} />;
}
