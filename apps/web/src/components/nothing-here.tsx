import Link from "next/link";
import { nearestAddress } from "../lib/nearest-address";

/** An address that leads nowhere: what the API said of it, and the near names that it knows. */
export function NothingHere({
  message,
  nearest,
  asked = null,
}: {
  message: string;
  nearest: readonly string[];
  /** The address, where it is known. */
  asked?: string | null;
}) {
  return (
    <div className="mx-auto max-w-2xl py-16">
      <h1 className="text-2xl font-semibold">Page not found</h1>
      {message && <p className="mt-3 text-muted">{message}</p>}
      {nearest.length > 0 && (
        <ul className="mt-3 list-disc pl-5 text-sm">
          {nearest.map((slug) => {
            const address = nearestAddress(asked, message, slug);
            return (
              <li key={slug}>
                {address ? (
                  <a className="link" href={address}>
                    {slug}
                  </a>
                ) : (
                  <code>{slug}</code>
                )}
              </li>
            );
          })}
        </ul>
      )}
      <p className="mt-6">
        <Link className="link" href="/" prefetch={false}>
          Go to the boards
        </Link>
      </p>
    </div>
  );
}
