import type { Metadata } from "next";
import { Board } from "../../../components/board/board";
import { SuiteNav } from "../../../components/suite-nav";
import { readQuery, type SearchParams } from "../../../lib/address";

interface Props {
  params: Promise<{ suite: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).suite };
}

export default async function SuitePage({ params, searchParams }: Props) {
  const { suite } = await params;
  return (
    <>
      <h1 className="sr-only">Leaderboard</h1>
      <SuiteNav current={suite} />
      <Board suite={suite} query={await readQuery(searchParams)} />
    </>
  );
}
