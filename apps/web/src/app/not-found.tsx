import { headers } from "next/headers";
import Link from "next/link";
import { whatIsMissing } from "../lib/api";

/** An unknown name, with the near ones that the API knows. */
export default async function NotFound() {
  // Rendered for each request: what is missing differs.
  await headers();
  const { message, nearest } = await whatIsMissing();
  return (
    <div className="mx-auto max-w-2xl py-16">
      <h1 className="text-2xl font-semibold">There is nothing under this address</h1>
      {message && <p className="mt-3 text-muted">{message}</p>}
      {nearest.length > 0 && (
        <ul className="mt-3 list-disc pl-5 text-sm">
          {nearest.map((slug) => (
            <li key={slug}>
              <code>{slug}</code>
            </li>
          ))}
        </ul>
      )}
      <p className="mt-6">
        <Link className="link" href="/">
          To the boards
        </Link>
      </p>
    </div>
  );
}
