import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../../generated";
import { ScrollRegion, Verbatim } from "../../../components/scroll-region";
import { readQuery, type SearchParams } from "../../../lib/address";
import { ask } from "../../../lib/api";
import { missing, shortHash } from "../../../lib/format";

export const metadata: Metadata = { title: "Protocol" };

const ProtocolQuery = graphql(`
  query ProtocolPage($fingerprint: String!) {
    protocol(fingerprint: $fingerprint) {
      fingerprint
      title
      body
      setting {
        title
      }
    }
  }
`);

const DiffQuery = graphql(`
  query ProtocolDiff($left: String!, $right: String!) {
    protocolDiff(left: $left, right: $right) {
      right {
        fingerprint
        title
      }
      differences {
        path
        left
        right
      }
    }
  }
`);

interface Props {
  params: Promise<{ fingerprint: string }>;
  searchParams: SearchParams;
}

const shown = (value: unknown) => (value == null ? missing : JSON.stringify(value));

async function Differences({ left, right }: { left: string; right: string }) {
  const { protocolDiff } = await ask(DiffQuery, { left, right });
  const { differences } = protocolDiff;
  return (
    <section aria-labelledby="differences" className="mt-8">
      <h2 id="differences" className="mb-2 text-lg font-semibold">
        Against{" "}
        <Link className="link" href={`/protocols/${protocolDiff.right.fingerprint}`} prefetch={false}>
          {protocolDiff.right.title}
        </Link>
      </h2>
      {differences.length === 0 ? (
        <p>They are one and the same.</p>
      ) : (
        <ScrollRegion label="Fields that differ">
          <table className="w-full text-sm">
            <thead>
              <tr className="text-left text-muted [&>th]:border-b [&>th]:border-line [&>th]:px-2 [&>th]:py-1 [&>th]:font-normal">
                <th scope="col">Field</th>
                <th scope="col">{shortHash(left)}</th>
                <th scope="col">{shortHash(right)}</th>
              </tr>
            </thead>
            <tbody>
              {differences.map((difference) => (
                <tr
                  key={difference.path}
                  className="align-top [&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1"
                >
                  <th scope="row" className="text-left font-mono text-xs font-normal">
                    {difference.path}
                  </th>
                  <td className="font-mono text-xs">{shown(difference.left)}</td>
                  <td className="font-mono text-xs">{shown(difference.right)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </section>
  );
}

/** Everything that makes numbers comparable, and with `with=` in the address what another protocol does otherwise. */
export default async function ProtocolPage({ params, searchParams }: Props) {
  const [{ fingerprint }, query] = await Promise.all([params, readQuery(searchParams)]);
  const { protocol } = await ask(ProtocolQuery, { fingerprint });
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">{protocol.title}</h1>
      <p className="mt-2 text-sm text-muted">
        {protocol.setting.title}. Fingerprint <code className="break-all">{protocol.fingerprint}</code>
      </p>
      {query.with && <Differences left={protocol.fingerprint} right={query.with} />}
      <form method="get" className="mt-6 flex flex-wrap items-center gap-2 text-sm">
        <label className="flex min-w-0 grow flex-wrap items-center gap-2">
          <span className="text-muted">Against the protocol with the fingerprint</span>
          <input
            name="with"
            required
            pattern="[0-9a-f]{64}"
            title="64 characters from 0 to 9 and a to f"
            defaultValue={query.with}
            className="min-w-0 max-w-full grow rounded border border-line bg-ground px-2 py-1 font-mono text-xs"
          />
        </label>
        <button type="submit" className="cursor-pointer rounded border border-line px-3 py-1 hover:bg-raised">
          Compare
        </button>
      </form>
      <h2 className="mt-8 mb-2 text-lg font-semibold">Its fields</h2>
      <Verbatim label="The protocol's fields">{JSON.stringify(protocol.body, null, 2)}</Verbatim>
    </>
  );
}
