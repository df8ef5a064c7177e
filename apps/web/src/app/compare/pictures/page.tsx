import type { Metadata } from "next";
import Link from "next/link";
import { PictureView } from "../../../components/pictures/picture";
import { PictureRunsQuery } from "../../../components/pictures/query";
import { type Picture, picturesOf, recordOfPictures } from "../../../components/pictures/record";
import { ScrollRegion } from "../../../components/scroll-region";
import { readQuery, type SearchParams } from "../../../lib/address";
import { ask } from "../../../lib/api";
import { words } from "../../../lib/board-filter";

export const metadata: Metadata = { title: "Compare pictures" };

/** Each costs two lists of runs. */
const MOST_METHODS = 8;
const SHOWN = ["reconstruction", "attention"] as const;

interface Seen {
  readonly method: string;
  /** By item. */
  readonly pictures: ReadonlyMap<string, readonly Picture[]>;
}

async function seenBy(method: string): Promise<Seen> {
  const found = await ask(PictureRunsQuery, { method });
  const pictures = new Map<string, readonly Picture[]>();
  // The newest run of a picture wins, and what was run here over what was submitted.
  const records = [
    recordOfPictures((found.method?.submittedPictures ?? []).toReversed()),
    ...SHOWN.flatMap((kind) => found[kind].nodes.toReversed().map(({ record }) => record)),
  ];
  for (const record of records)
    for (const { item, pictures: own } of picturesOf(record)) {
      const others = (pictures.get(item) ?? []).filter(({ role }) => !own.some((one) => one.role === role));
      pictures.set(item, [...others, ...own]);
    }
  return { method, pictures };
}

/** What each method sees: the same pictures through several of them, side by side. */
export default async function ComparePicturesPage({ searchParams }: { searchParams: SearchParams }) {
  const methods = [...new Set(words((await readQuery(searchParams)).methods))];
  const seen = await Promise.all(methods.slice(0, MOST_METHODS).map(seenBy));
  const items = [...new Set(seen.flatMap(({ pictures }) => [...pictures.keys()]))].sort();
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">What methods see</h1>
      <p className="mt-1 max-w-3xl text-muted">
        The same pictures through several methods: what their features keep (reconstruction) and where they
        look (attention).
      </p>
      <form action="/compare/pictures" className="mt-4 flex flex-wrap items-end gap-2 text-sm">
        <label className="min-w-0 grow basis-64 sm:max-w-md">
          <span className="mb-1 block text-muted">Methods, separated by commas</span>
          <input
            name="methods"
            defaultValue={methods.join(",")}
            placeholder="swav,supervised"
            className="field w-full"
          />
        </label>
        <button type="submit" className="button button-primary">
          Show
        </button>
      </form>
      {methods.length > MOST_METHODS && (
        <p className="mt-3 text-sm text-muted">Only the first {MOST_METHODS} are shown.</p>
      )}
      {items.length === 0 ? (
        <p className="mt-4 max-w-2xl text-muted">
          {methods.length === 0
            ? "No methods chosen yet. "
            : "No run of these methods has pictures yet. Runs of reconstruction and attention make them. "}
          <Link className="link" href="/methods">
            All methods
          </Link>
        </p>
      ) : (
        items.map((item) => (
          <section key={item} className="mt-6">
            <h2 className="break-all font-semibold">{item}</h2>
            <ScrollRegion label={`${item} through ${methods.join(", ")}`} className="mt-2">
              <div className="flex gap-4">
                <Column title="Original" pictures={originalOf(seen, item)} of={item} />
                {seen.map(({ method, pictures }) => (
                  <Column
                    key={method}
                    title={method}
                    pictures={(pictures.get(item) ?? []).filter(({ role }) =>
                      SHOWN.some((one) => one === role),
                    )}
                    of={`${item} through ${method}`}
                  />
                ))}
              </div>
            </ScrollRegion>
          </section>
        ))
      )}
    </>
  );
}

const originalOf = (seen: readonly Seen[], item: string): readonly Picture[] =>
  seen
    .flatMap(({ pictures }) => pictures.get(item) ?? [])
    .filter(({ role }) => role === "original")
    .slice(0, 1);

function Column({ title, pictures, of }: { title: string; pictures: readonly Picture[]; of: string }) {
  return (
    <div className="w-40 shrink-0 sm:w-56">
      <h3 className="text-sm font-semibold">{title}</h3>
      <div className="mt-1 grid gap-2">
        {pictures.length === 0 ? (
          <p className="text-sm text-muted">No picture</p>
        ) : (
          pictures.map((picture) => <PictureView key={picture.role} picture={picture} of={of} />)
        )}
      </div>
    </div>
  );
}
