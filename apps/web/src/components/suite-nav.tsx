import Link from "next/link";
import { graphql } from "../../generated";
import { ask } from "../lib/api";

const SuitesQuery = graphql(`
  query Suites {
    suites(first: 200) {
      nodes {
        slug
        title
      }
    }
  }
`);

/** Every board, the current one marked. */
export async function SuiteNav({ current }: { current: string }) {
  const { suites } = await ask(SuitesQuery);
  return (
    <nav aria-label="Boards" className="mb-6">
      <ul className="flex flex-wrap gap-1.5 text-sm">
        {suites.nodes.map(({ slug, title }) => (
          <li key={slug}>
            <Link
              href={slug === "overview" ? "/" : `/suites/${slug}`}
              prefetch={false}
              aria-current={slug === current ? "page" : undefined}
              className="block rounded-full border border-line px-3 py-1 text-muted hover:text-ink aria-[current]:border-ink aria-[current]:text-ink"
            >
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
