/** The way in and the way out. Plain forms: a token goes into the body of a POST and never into an address. */
import Link from "next/link";
import type { Session } from "../../lib/session";

export function SignIn({ refused }: { refused: boolean }) {
  return (
    <>
      <p className="mt-2 max-w-3xl text-muted">
        Reading needs no account. To offer results, to follow what became of yours, or to review those of
        others, sign in with a token: whoever runs this server makes one with{" "}
        <code>transferboard token create</code>.
      </p>
      {refused && (
        <p role="alert" className="mt-4 max-w-xl rounded border border-fault bg-raised p-3 text-sm">
          This token does not hold: it is mistyped, revoked or expired. Paste it as it was shown when it was
          made, or ask for a new one.
        </p>
      )}
      <form method="post" action="/session" className="mt-6 flex max-w-xl flex-wrap items-end gap-3 text-sm">
        <label className="min-w-0 grow">
          <span className="mb-1 block text-muted">Token</span>
          <input
            type="password"
            name="token"
            required
            autoComplete="current-password"
            spellCheck={false}
            className="w-full rounded border border-line bg-ground px-2 py-1.5 font-mono"
          />
        </label>
        <button
          type="submit"
          className="cursor-pointer rounded border border-ink bg-ink px-4 py-1.5 text-ground"
        >
          Sign in
        </button>
      </form>
      <p className="mt-3 max-w-xl text-xs text-muted">
        It is kept in a cookie of this site until the browser is closed or you sign out; no script can read
        it.
      </p>
    </>
  );
}

export function SignedIn({ session }: { session: Session }) {
  const may = [session.can("SUBMIT") && "submit", session.can("REVIEW") && "review"].filter(Boolean);
  return (
    <form method="post" action="/session/end" className="mt-2 flex flex-wrap items-center gap-3 text-sm">
      <p className="text-muted">
        Signed in as <strong className="font-medium text-ink">{session.name}</strong>
        {may.length > 0 ? `, who may ${may.join(" and ")}.` : "."}
      </p>
      <button type="submit" className="cursor-pointer rounded border border-line px-2 py-0.5 hover:bg-raised">
        Sign out
      </button>
    </form>
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
