import type { Metadata } from "next";
import { DiffForm, ProtocolDiff } from "../../../components/protocol/diff";
import { readQuery, type SearchParams } from "../../../lib/address";

export const metadata: Metadata = { title: "Protocols compared" };

/** Two protocols, field by field. */
export default async function ProtocolDiffPage({ searchParams }: { searchParams: SearchParams }) {
  const { left, right } = await readQuery(searchParams);
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">Two protocols compared</h1>
      <p className="mt-2 mb-6 max-w-3xl text-muted">
        A protocol is everything that makes a number comparable: preprocessing, splits, grid, solver, metric.
        Numbers under different protocols stand on one board, marked, but are not strictly comparable.
      </p>
      {left && right && <ProtocolDiff left={left} right={right} />}
      <section aria-labelledby="others" className="mt-8">
        <h2 id="others" className="mb-2 text-lg font-semibold">
          {left && right ? "Compare others" : "Choose two"}
        </h2>
        <p className="mb-3 max-w-3xl text-sm text-muted">
          A method’s page names the protocol of each of its values; the page of a protocol gives its
          fingerprint.
        </p>
        <DiffForm left={left} right={right} />
      </section>
    </>
  );
}
