/** Signing in and out. Plain forms: a token goes into the body of a POST and never into an address. */
import Link from "next/link";

export function SignIn({ refused }: { refused: boolean }) {
  return (
    <section aria-labelledby="sign-in" className="mt-8">
      <h2 id="sign-in" className="text-lg font-semibold">
        Sign in
      </h2>
      {refused && (
        <p role="alert" className="mt-2 max-w-xl rounded border border-fault bg-raised p-3 text-sm">
          This token isn’t valid: it may be mistyped, revoked or expired. Paste it exactly as it was shown
          when it was created, or ask for a new one.
        </p>
      )}
      <form method="post" action="/session" className="mt-3 flex max-w-xl flex-wrap items-end gap-3 text-sm">
        <label className="min-w-0 grow">
          <span className="mb-1 block text-muted">Token</span>
          <input
            type="password"
            name="token"
            required
            autoComplete="current-password"
            spellCheck={false}
            className="field w-full font-mono"
          />
        </label>
        <button type="submit" className="button button-primary">
          Sign in
        </button>
      </form>
      <p className="mt-3 max-w-xl text-xs text-muted">
        You stay signed in until you close the browser or sign out. No script can read your token.
      </p>
    </section>
  );
}

export function ToAll() {
  return (
    <p className="mb-2 text-sm">
      <Link className="link" href="/submissions" prefetch={false}>
        All submissions
      </Link>
    </p>
  );
}
