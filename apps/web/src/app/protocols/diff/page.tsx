import type { Metadata } from "next";
import Link from "next/link";
import { DiffForm, ProtocolDiff } from "../../../components/protocol/diff";
import { readQuery, type SearchParams } from "../../../lib/address";

export const metadata: Metadata = { title: "Compare protocols" };

/** Two protocols, field by field. */
export default async function ProtocolDiffPage({ searchParams }: { searchParams: SearchParams }) {
  const { left, right } = await readQuery(searchParams);
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">Compare two protocols</h1>
      <p className="mt-2 mb-6 max-w-3xl text-muted">
        Values under different protocols are shown on one board, but not ranked together. See where two
        protocols differ. You have a value of your own?{" "}
        <Link className="link" href="/explain" prefetch={false}>
          Why does my value differ?
        </Link>
      </p>
      {left && right && <ProtocolDiff left={left} right={right} />}
      <section aria-labelledby="others" className="mt-8">
        <h2 id="others" className="mb-2 text-lg font-semibold">
          {left && right ? "Compare others" : "Choose two"}
        </h2>
        <DiffForm left={left} right={right} />
      </section>
    </>
  );
}
