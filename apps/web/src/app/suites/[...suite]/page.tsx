import type { Metadata } from "next";
import { Board, boardTitle } from "../../../components/board/board";
import { JsonLd } from "../../../components/json-ld";
import { SuiteNav } from "../../../components/suites/suite-nav";
import { readQuery, type SearchParams } from "../../../lib/address";

interface Props {
  params: Promise<{ suite: string[] }>;
  searchParams: SearchParams;
}

/** A suite's slug, or a measure's, which has slashes. */
const slugOf = (parts: readonly string[]) => parts.map(decodeURIComponent).join("/");

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const suite = slugOf((await params).suite);
  return {
    title: await boardTitle(suite, await readQuery(searchParams)),
    openGraph: { images: [`/social-image?suite=${encodeURIComponent(suite)}`] },
  };
}

export default async function SuitePage({ params, searchParams }: Props) {
  const suite = slugOf((await params).suite);
  return (
    <>
      <JsonLd suite={suite} />
      <SuiteNav current={suite} />
      <Board suite={suite} query={await readQuery(searchParams)} />
    </>
  );
}
