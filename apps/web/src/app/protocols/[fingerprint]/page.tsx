import type { Metadata } from "next";
import { graphql } from "../../../../generated";
import { DiffForm } from "../../../components/protocol/diff";
import { Verbatim } from "../../../components/scroll-region";
import { ask } from "../../../lib/api";
import { inOrder } from "../../../lib/json";

export const metadata: Metadata = { title: "Protocol" };

const ProtocolQuery = graphql(`
  query ProtocolPage($fingerprint: String!) {
    protocol(fingerprint: $fingerprint) {
      fingerprint
      title
      body
      resultCount
      runCount
      setting {
        title
      }
    }
  }
`);

/** Everything that makes numbers under one protocol comparable. */
export default async function ProtocolPage({ params }: { params: Promise<{ fingerprint: string }> }) {
  const { protocol } = await ask(ProtocolQuery, { fingerprint: (await params).fingerprint });
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">{protocol.title}</h1>
      <p className="mt-2 mb-6 text-sm text-muted">
        {protocol.setting.title}. {protocol.resultCount} {protocol.resultCount === 1 ? "value" : "values"},{" "}
        {protocol.runCount} {protocol.runCount === 1 ? "run" : "runs"}. Fingerprint{" "}
        <code className="break-all">{protocol.fingerprint}</code>
      </p>
      <h2 className="mb-2 text-lg font-semibold">Fields</h2>
      <Verbatim label="The protocol’s fields">{inOrder(protocol.body)}</Verbatim>
      <section aria-labelledby="compare" className="mt-8">
        <h2 id="compare" className="mb-2 text-lg font-semibold">
          Compare with another
        </h2>
        <DiffForm left={protocol.fingerprint} />
      </section>
    </>
  );
}
