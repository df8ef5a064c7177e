"use client";

/** Making a token, which is shown once, and revoking one. */
import { useActionState } from "react";
import { createToken, revokeToken } from "../../app/account/actions";
import { CopyButton } from "../copy-button";
import { Verbatim } from "../scroll-region";

const scopes = [
  ["READ", "read the account’s own submissions"],
  ["SUBMIT", "submit results"],
  ["REVIEW", "review submissions and retract"],
  ["WORK", "take evaluations from the queue, as a worker does"],
  ["ADMIN", "everything, and create tokens"],
] as const;

export function TokenForm() {
  const [state, act, pending] = useActionState(createToken, null);
  return (
    <form action={act} className="max-w-xl space-y-3 text-sm">
      <div className="flex flex-wrap gap-3">
        <label className="grow">
          <span className="mb-1 block text-muted">Account</span>
          <input name="account" required maxLength={100} autoComplete="off" className="field w-full" />
        </label>
        <label className="grow">
          <span className="mb-1 block text-muted">Name, such as “laptop”</span>
          <input name="name" required maxLength={100} autoComplete="off" className="field w-full" />
        </label>
      </div>
      <fieldset>
        <legend className="mb-1 text-muted">Permissions</legend>
        {scopes.map(([value, title]) => (
          <label key={value} className="flex min-h-7 items-center gap-2">
            <input type="checkbox" name="scopes" value={value} defaultChecked={value === "SUBMIT"} />
            {title}
          </label>
        ))}
      </fieldset>
      <div role="status">
        {state && "message" in state && (
          <p className="rounded border border-fault bg-raised p-3">{state.message}</p>
        )}
        {state && "secret" in state && (
          <>
            <p className="mb-1">This is the token of {state.account}. Copy it now: it is not shown again.</p>
            <Verbatim label="The new token">{state.secret}</Verbatim>
            <CopyButton text={state.secret} what="token" />
          </>
        )}
      </div>
      <button type="submit" disabled={pending} className="button button-primary">
        Create token
      </button>
    </form>
  );
}

export function RevokeButton({ id, name }: { id: string; name: string }) {
  const [state, act, pending] = useActionState(revokeToken, null);
  return (
    <form action={act}>
      <input type="hidden" name="id" value={id} />
      <button type="submit" disabled={pending} className="button button-bad">
        Revoke<span className="sr-only"> {name}</span>
      </button>
      {state && "message" in state && <span className="ml-2 text-fault">{state.message}</span>}
    </form>
  );
}
