import { graphql } from "../../generated";
import { ask } from "../lib/api";

const Suites = graphql(`
  query Suites {
    suites(first: 50) {
      nodes {
        slug
        title
      }
    }
  }
`);

export const dynamic = "force-dynamic";

export default async function Home() {
  const { suites } = await ask(Suites);
  return (
    <main>
      {suites.nodes.map((suite) => (
        <p key={suite.slug}>{suite.title}</p>
      ))}
    </main>
  );
}
