import type { Metadata } from "next";
import { headers } from "next/headers";
import { NothingHere } from "../../components/nothing-here";
import { askedHeader } from "../../lib/address";
import { insteadHeader } from "../../lib/instead";

export const metadata: Metadata = { title: "Page not found", robots: { index: false } };

/** What a reader sees in place of a page whose address names something that is not there. It asks nothing. */
export default async function MissingPage() {
  const given = await headers();
  const told = given.get(insteadHeader);
  const { message = "", nearest = [] } = told
    ? (JSON.parse(decodeURIComponent(told)) as { message?: string; nearest?: string[] })
    : {};
  return <NothingHere message={message} nearest={nearest} asked={given.get(askedHeader)} />;
}
