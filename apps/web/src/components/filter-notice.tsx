/** What a view keeps to that its own controls do not show: it came with the address, as a citation's does. */
import Link from "next/link";
import type { BoardFilter } from "../../generated/graphql";
import { type Query, withQuery } from "../lib/address";
import { hiddenFilter } from "../lib/board-filter";

type Parts = readonly (keyof BoardFilter)[];

export function FilterNotice({ query, shown }: { query: Query; shown: Parts }) {
  const hidden = hiddenFilter(query, shown);
  if (hidden.words.length === 0) return null;
  const without = Object.fromEntries(Object.keys(hidden.query).map((name) => [name, undefined]));
  return (
    <p role="status" className="mb-3 rounded border border-accent bg-raised p-3 text-sm">
      Only {hidden.words.join("; ")}.{" "}
      <Link className="link" href={withQuery(query, { ...without, after: undefined })} prefetch={false}>
        Show all
      </Link>
    </p>
  );
}
