import Link from "next/link";
import { familyNames } from "../../lib/format";
import type { BoardRow } from "./rows";

/** The row's heading: it stays in view while the columns scroll. */
export function MethodCell({
  row,
}: {
  row: Pick<BoardRow, "slug" | "name" | "family"> & { card?: string; readouts?: readonly string[] };
}) {
  const { readouts = [] } = row;
  return (
    <th
      scope="row"
      className="sticky left-0 z-10 max-w-44 bg-ground text-left font-medium whitespace-nowrap sm:max-w-64"
    >
      <span
        aria-hidden="true"
        className="mr-2 inline-block size-2 rounded-full align-middle"
        style={{ backgroundColor: `var(--${row.family.toLowerCase()})` }}
      />
      <Link
        href={`/methods/${row.slug}`}
        prefetch={false}
        data-card={row.card}
        className="inline-block max-w-[calc(100%-1rem)] truncate align-middle hover:underline"
      >
        {row.name}
      </Link>
      {readouts.length > 0 && (
        <span className="block truncate pl-4 text-xs font-normal text-muted">
          <span className="sr-only">, read out by </span>
          {readouts.join(", ")}
        </span>
      )}
      {row.family === "CONTROL" && (
        <span className="ml-2 rounded border border-line px-1 text-xs font-normal text-muted">control</span>
      )}
      <span className="sr-only">, {familyNames[row.family]}</span>
    </th>
  );
}
