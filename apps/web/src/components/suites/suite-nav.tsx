import Link from "next/link";
import { suiteAddress } from "../../lib/address";
import { allSuites } from "../../lib/catalogue";
import { BoardSelect } from "./board-select";
import { type Board, type BoardGroup, boardGroups } from "./suite-groups";

interface Entry extends Board {
  /** What the line says of it: what tells a board from its siblings, or its title. */
  readonly label: string;
}

/** Shorter, so that the line holds all. */
const shortTitles: Readonly<Record<string, string>> = {
  "detection-frozen": "Detection, frozen",
  segmentation: "Segmentation",
};

/** Boards that differ in the number of images a class stand together, each by that number. */
function byNumber(boards: readonly Board[]): [string, Entry[]][] {
  const groups = new Map<string, Entry[]>();
  for (const { slug, title } of boards) {
    const [, name = title, number = shortTitles[slug] ?? title] =
      /^(.+), (\d+) images a class$/.exec(title) ?? [];
    groups.set(name, [...(groups.get(name) ?? []), { slug, title, label: number }]);
  }
  return [...groups];
}

const linkStyle =
  "inline-block whitespace-nowrap border-b-2 border-transparent py-1.5 text-muted hover:text-ink aria-[current]:border-ink aria-[current]:font-medium aria-[current]:text-ink";

/** The boards beyond the paper's, under their headings. */
function MoreBoards({ groups, current }: { groups: readonly BoardGroup[]; current: string }) {
  const isHere = groups.some(({ boards }) => boards.some(({ slug }) => slug === current));
  return (
    <details className="menu">
      <summary aria-current={isHere ? "true" : undefined} className={`${linkStyle} cursor-pointer`}>
        More boards
        <svg aria-hidden="true" viewBox="0 0 8 8" className="ml-1 inline-block size-2 fill-current">
          <path d="M0 2h8L4 7z" />
        </svg>
      </summary>
      <div className="right-0 w-max columns-2 gap-4 rounded-md border border-line bg-ground p-3 shadow-lg">
        {groups.map(({ title, boards }) => (
          <section key={title} aria-label={title} className="mb-3 break-inside-avoid">
            <p className="px-2 text-xs text-muted">{title}</p>
            <ul>
              {boards.map(({ slug, title: name }) => (
                <li key={slug}>
                  <Link
                    href={suiteAddress(slug)}
                    prefetch={false}
                    aria-current={slug === current ? "page" : undefined}
                    className="flex min-h-8 items-center rounded px-2 whitespace-nowrap hover:bg-raised aria-[current]:font-medium"
                  >
                    {name}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </details>
  );
}

/** Every board, the current one marked: the paper's in a line, the others in a menu; on a phone all in one select. */
export async function SuiteNav({ current }: { current: string }) {
  const groups = boardGroups(await allSuites());
  const [papers, ...more] = groups;
  return (
    <>
      <BoardSelect current={current} groups={groups} />
      <nav aria-label="Boards" className="mb-4 hidden border-b border-line sm:block">
        <ul className="-mb-px flex flex-wrap gap-x-4 text-sm">
          {byNumber(papers?.boards ?? []).map(([name, entries]) => (
            <li key={name} className="flex items-baseline gap-x-2">
              {entries.length > 1 && <span className="text-muted">{name}</span>}
              {entries.map(({ slug, title, label }) => (
                <Link
                  key={slug}
                  href={suiteAddress(slug)}
                  prefetch={false}
                  aria-current={slug === current ? "page" : undefined}
                  aria-label={label === title ? undefined : title}
                  data-card={label === title ? undefined : title}
                  className={linkStyle}
                >
                  {label}
                </Link>
              ))}
            </li>
          ))}
          {more.length > 0 && (
            <li className="ml-auto">
              <MoreBoards groups={more} current={current} />
            </li>
          )}
        </ul>
      </nav>
    </>
  );
}
