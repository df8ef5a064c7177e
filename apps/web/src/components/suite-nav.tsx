import Link from "next/link";
import { suiteAddress } from "../lib/address";
import { allSuites } from "../lib/catalogue";
import { BoardSelect } from "./board-select";

interface Entry {
  readonly slug: string;
  readonly title: string;
  /** What tells a board from its siblings, where it has any. */
  readonly variant: string | null;
}

/** What is there to try the tool with stands apart from the public boards. */
const isDemo = ({ slug }: { slug: string }) => slug === "demo";

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

/** The published boards stand first in the catalogue. Those behind them would fill the screen, and have a menu. */
const mostInLine = 9;

const linkStyle =
  "inline-block whitespace-nowrap border-b-2 border-transparent py-1.5 text-muted hover:text-ink aria-[current]:border-ink aria-[current]:font-medium aria-[current]:text-ink";

/** Every board, the current one marked; on a phone one menu. */
export async function SuiteNav({ current }: { current: string }) {
  const suites = await allSuites();
  const demo = suites.filter(isDemo);
  const groups = grouped(suites.filter((suite) => !isDemo(suite)));
  const more = groups.slice(mostInLine).flatMap(([, entries]) => entries);
  const currentOfMore = more.find(({ slug }) => slug === current);
  return (
    <>
      <BoardSelect
        current={current}
        boards={suites.map(({ slug, title }) => ({ href: suiteAddress(slug), slug, title }))}
      />
      <nav aria-label="Boards" className="mb-4 hidden border-b border-line sm:block">
        <ul className="-mb-px flex flex-wrap gap-x-5 text-sm">
          {groups.slice(0, mostInLine).map(([name, entries]) => (
            <li key={name} className="flex items-baseline gap-x-2">
              {entries.length > 1 && <span className="text-muted">{name}</span>}
              {entries.map(({ slug, title, variant }) => (
                <Link
                  key={slug}
                  href={suiteAddress(slug)}
                  prefetch={false}
                  aria-current={slug === current ? "page" : undefined}
                  aria-label={entries.length > 1 ? title : undefined}
                  data-card={entries.length > 1 ? title : undefined}
                  className={linkStyle}
                >
                  {entries.length > 1 ? variant : title}
                </Link>
              ))}
            </li>
          ))}
          {more.length > 0 && (
            <li>
              <details className="menu">
                <summary
                  aria-current={currentOfMore ? "true" : undefined}
                  className={`${linkStyle} cursor-pointer`}
                >
                  {currentOfMore?.title ?? "More boards"}
                  <svg aria-hidden="true" viewBox="0 0 8 8" className="ml-1 inline-block size-2 fill-current">
                    <path d="M0 2h8L4 7z" />
                  </svg>
                </summary>
                <ul className="rounded-md border border-line bg-ground p-1 shadow-lg">
                  {more.map(({ slug, title }) => (
                    <li key={slug}>
                      <Link
                        href={suiteAddress(slug)}
                        prefetch={false}
                        aria-current={slug === current ? "page" : undefined}
                        className="flex min-h-9 items-center rounded px-2 whitespace-nowrap hover:bg-raised aria-[current]:font-medium"
                      >
                        {title}
                      </Link>
                    </li>
                  ))}
                </ul>
              </details>
            </li>
          )}
          {demo.map(({ slug, title }) => (
            <li key={slug} className="ml-auto border-l border-line pl-4">
              <Link
                href={suiteAddress(slug)}
                prefetch={false}
                aria-current={slug === current ? "page" : undefined}
                data-card={`${title}\nWhat the tool measures on its small built-in dataset, to try it with. Not a public board.`}
                className={linkStyle}
              >
                {title}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </>
  );
}
