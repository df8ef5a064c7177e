"use client";

/** What a reader sees when a page cannot be made: what broke, and what to do. */
export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <div className="mx-auto max-w-2xl py-16">
      <h1 className="text-2xl font-semibold">This page could not be loaded</h1>
      <p className="mt-3 text-muted">
        The API did not answer as expected. It may be starting, or its database may be down for a moment.
        {error.digest && ` The server’s log names the reason under ${error.digest}.`}
      </p>
      <button type="button" onClick={reset} className="button mt-6">
        Try again
      </button>
    </div>
  );
}
