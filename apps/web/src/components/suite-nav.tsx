import Link from "next/link";
import { graphql } from "../../generated";
import { suiteAddress } from "../lib/address";
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

interface Entry {
  readonly slug: string;
  readonly title: string;
  /** What tells a board from its siblings, where it has any. */
  readonly variant: string | null;
}

/** Boards that differ in the number of images a class stand together, in order of that number. */
function grouped(suites: readonly { slug: string; title: string }[]): [string, Entry[]][] {
  const groups = new Map<string, Entry[]>();
  // The overview is the way in, so it stands first.
  const ordered = suites.toSorted((a, b) => Number(b.slug === "overview") - Number(a.slug === "overview"));
  for (const { slug, title } of ordered) {
    const [, name = title, variant = null] = /^(.+), (\d+) images a class$/.exec(title) ?? [];
    groups.set(name, [...(groups.get(name) ?? []), { slug, title, variant }]);
  }
  for (const entries of groups.values()) entries.sort((a, b) => Number(a.variant) - Number(b.variant));
  return [...groups];
}

const linkStyle =
  "inline-block whitespace-nowrap border-b-2 border-transparent py-1.5 text-muted hover:text-ink aria-[current]:border-ink aria-[current]:font-medium aria-[current]:text-ink";

/** Every board, the current one marked. */
export async function SuiteNav({ current }: { current: string }) {
  const { suites } = await ask(SuitesQuery);
  return (
    <nav aria-label="Boards" className="mb-6 border-b border-line">
      <ul className="-mb-px flex flex-wrap gap-x-5 text-sm">
        {grouped(suites.nodes).map(([name, entries]) => (
          <li key={name} className="flex items-baseline gap-x-2">
            {entries.length > 1 && <span className="text-muted">{name}</span>}
            {entries.map(({ slug, title, variant }) => (
              <Link
                key={slug}
                href={suiteAddress(slug)}
                prefetch={false}
                aria-current={slug === current ? "page" : undefined}
                aria-label={entries.length > 1 ? title : undefined}
                title={entries.length > 1 ? title : undefined}
                className={linkStyle}
              >
                {entries.length > 1 ? variant : title}
              </Link>
            ))}
          </li>
        ))}
      </ul>
    </nav>
  );
}
