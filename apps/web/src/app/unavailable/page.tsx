import type { Metadata } from "next";
import { headers } from "next/headers";
import { askedHeader } from "../../lib/address";

export const metadata: Metadata = { title: "Not reachable", robots: { index: false } };

/** What a reader sees in place of any page while the API or its database is away. It asks neither. */
export default async function UnavailablePage() {
  const asked = (await headers()).get(askedHeader) ?? "/";
  return (
    <div className="mx-auto max-w-2xl py-16">
      <h1 className="text-2xl font-semibold">The record is not reachable at the moment</h1>
      <p className="mt-3 text-muted">
        The API or its database does not answer. It may be starting, busy, or down for a moment. Nothing is
        lost.
      </p>
      <p className="mt-6">
        <a href={asked} className="button">
          Try again
        </a>
      </p>
    </div>
  );
}
