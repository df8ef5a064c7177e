/** The record as of a past day: a plain form to choose one, and a notice while one is chosen. */
import Link from "next/link";
import type { Query } from "../lib/address";
import { formatDate } from "../lib/format";

export function AsOfNotice({ what, asOf, now }: { what: string; asOf: string | null; now: string }) {
  if (!asOf) return null;
  return (
    <p role="status" className="mb-3 rounded border border-accent bg-raised p-3 text-sm">
      {what} as of {formatDate(asOf)} UTC, without later additions, corrections and retractions.{" "}
      <Link className="link" href={now} prefetch={false}>
        Show the present state
      </Link>
    </p>
  );
}

/** A day in the address; the rest of the view's state goes along. */
export function AsOfForm({ query }: { query: Query }) {
  const kept = Object.entries(query).filter(([name, value]) => name !== "asOf" && name !== "after" && value);
  return (
    <form method="get" className="flex flex-wrap items-center gap-2">
      {kept.map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <label className="flex items-center gap-2">
        <span className="text-muted">As of the end of</span>
        <input type="date" name="asOf" required defaultValue={query.asOf?.slice(0, 10)} className="field" />
      </label>
      <button type="submit" className="button">
        Show that day
      </button>
    </form>
  );
}
