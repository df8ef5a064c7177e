import { headers } from "next/headers";
import { NothingHere } from "../components/nothing-here";
import { whatIsMissing } from "../lib/api";

/** An unknown page; and an unknown name, for a reader who comes from another page by script. */
export default async function NotFound() {
  // Rendered for each request: what is missing differs.
  await headers();
  const { message, nearest } = await whatIsMissing();
  return <NothingHere message={message} nearest={nearest} />;
}
