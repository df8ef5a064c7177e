/** Below a list of which this is one page: the way to the next, and to the first where `first` names it. */
import Link from "next/link";
import { type Query, withQuery } from "../lib/address";

export function Pages(props: {
  query: Query;
  pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
  next: string;
  first?: string;
}) {
  const { query, pageInfo, next, first } = props;
  const isFirst = !query.after || first === undefined;
  if (isFirst && !pageInfo.hasNextPage) return null;
  return (
    <nav aria-label="Pages" className="mt-3 flex gap-4 text-sm">
      {!isFirst && (
        <Link className="link" href={withQuery(query, { after: undefined })} prefetch={false}>
          {first}
        </Link>
      )}
      {pageInfo.hasNextPage && (
        <Link
          className="link"
          href={withQuery(query, { after: pageInfo.endCursor ?? undefined })}
          prefetch={false}
        >
          {next}
        </Link>
      )}
    </nav>
  );
}
