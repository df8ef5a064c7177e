"use client";

/** What can become of a pending submission: a reviewer decides, its submitter takes it back. */
import { type ReactNode, useActionState } from "react";
import { type DecisionState, decide, withdraw } from "../../app/submissions/actions";

const button = "cursor-pointer rounded border px-4 py-1.5 text-sm disabled:opacity-60";

function ReasonForm(props: {
  id: string;
  action: (before: DecisionState, form: FormData) => Promise<DecisionState>;
  label: string;
  required: boolean;
  children: (pending: boolean) => ReactNode;
}) {
  const [state, act, pending] = useActionState(props.action, null);
  return (
    <form action={act} className="max-w-xl">
      <input type="hidden" name="id" value={props.id} />
      <label className="block text-sm">
        <span className="mb-1 block text-muted">{props.label}</span>
        <textarea
          name="reason"
          required={props.required}
          maxLength={5000}
          rows={3}
          className="w-full rounded border border-line bg-ground px-2 py-1.5"
        />
      </label>
      <div role="status">
        {state && <p className="mt-2 rounded border border-fault bg-raised p-3 text-sm">{state.message}</p>}
      </div>
      <div className="mt-3 flex gap-3">{props.children(pending)}</div>
    </form>
  );
}

export function ReviewForm({ id }: { id: string }) {
  return (
    <ReasonForm id={id} action={decide} label="Reason, for the submitter and for the record" required>
      {(pending) => (
        <>
          <button
            type="submit"
            name="verdict"
            value="ACCEPT"
            disabled={pending}
            className={`${button} border-ink bg-ink text-ground`}
          >
            Accept
          </button>
          <button
            type="submit"
            name="verdict"
            value="REJECT"
            disabled={pending}
            className={`${button} border-fault text-fault hover:bg-raised`}
          >
            Reject
          </button>
        </>
      )}
    </ReasonForm>
  );
}

export function WithdrawForm({ id }: { id: string }) {
  return (
    <ReasonForm id={id} action={withdraw} label="Reason, if you like" required={false}>
      {(pending) => (
        <button type="submit" disabled={pending} className={`${button} border-line hover:bg-raised`}>
          Withdraw it
        </button>
      )}
    </ReasonForm>
  );
}
