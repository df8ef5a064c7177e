import Link from "next/link";

/** An address that leads nowhere: what the API said of it, and the near names that it knows. */
export function NothingHere({ message, nearest }: { message: string; nearest: readonly string[] }) {
  return (
    <div className="mx-auto max-w-2xl py-16">
      <h1 className="text-2xl font-semibold">Page not found</h1>
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
        <Link className="link" href="/" prefetch={false}>
          Go to the boards
        </Link>
      </p>
    </div>
  );
}
