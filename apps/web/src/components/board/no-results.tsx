/** In place of a board that nothing is recorded on: what it will show, and how results come to it. */
import Link from "next/link";

export function NoResults({ columns, past }: { columns: readonly string[]; past: boolean }) {
  const names = [...new Set(columns)];
  return (
    <div className="max-w-3xl rounded-md border border-line p-4 text-sm">
      <p className="font-semibold">
        {past ? "This board had no results at that time." : "This board has no results yet."}
      </p>
      <p className="mt-1 text-muted">
        It has {columns.length} {columns.length === 1 ? "column" : "columns"}: {names.join(", ")}.
      </p>
      {!past && (
        <p className="mt-3 flex flex-wrap gap-2">
          <Link className="button button-primary" href="/evaluate" prefetch={false}>
            Evaluate your model
          </Link>
          <Link className="button" href="/submissions" prefetch={false}>
            Submit results
          </Link>
        </p>
      )}
    </div>
  );
}
