"use client";

/** What can become of a submission and of its values: a reviewer decides, retracts or corrects, its submitter withdraws. */
import { type ReactNode, useActionState } from "react";
import { correct, type DecisionState, decide, retract, withdraw } from "../../app/submissions/actions";

export function ReasonForm(props: {
  hidden: Readonly<Record<string, string>>;
  action: (before: DecisionState, form: FormData) => Promise<DecisionState>;
  label: string;
  required: boolean;
  before?: ReactNode;
  children: (pending: boolean) => ReactNode;
}) {
  const [state, act, pending] = useActionState(props.action, null);
  return (
    <form action={act} className="max-w-xl">
      {Object.entries(props.hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {props.before}
      <label className="block text-sm">
        <span className="mb-1 block text-muted">{props.label}</span>
        <textarea
          name="reason"
          required={props.required}
          maxLength={5000}
          rows={3}
          className="field w-full"
        />
      </label>
      <div role="status">
        {state && <p className="mt-2 rounded border border-fault bg-raised p-3 text-sm">{state.message}</p>}
      </div>
      <div className="mt-3 flex flex-wrap gap-3">{props.children(pending)}</div>
    </form>
  );
}

export function ReviewForm({ id, warnings }: { id: string; warnings: readonly string[] }) {
  return (
    <ReasonForm
      hidden={{ id, warnings: String(warnings.length) }}
      action={decide}
      label="Reason, for the submitter and the record"
      required
      before={
        warnings.length > 0 && (
          <fieldset className="mb-3 text-sm">
            <legend className="mb-1 text-muted">To accept, tick each warning that you have looked at</legend>
            {warnings.map((warning) => (
              <label key={warning} className="flex min-h-7 items-start gap-2">
                <input type="checkbox" name="seen" value={warning} className="mt-1" />
                <span>{warning}</span>
              </label>
            ))}
          </fieldset>
        )
      }
    >
      {(pending) => (
        <>
          <button
            type="submit"
            name="verdict"
            value="ACCEPT"
            disabled={pending}
            className="button button-primary"
          >
            Accept
          </button>
          <button
            type="submit"
            name="verdict"
            value="REJECT"
            disabled={pending}
            className="button button-bad"
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
    <ReasonForm hidden={{ id }} action={withdraw} label="Reason (optional)" required={false}>
      {(pending) => (
        <button type="submit" disabled={pending} className="button">
          Withdraw
        </button>
      )}
    </ReasonForm>
  );
}

export interface Entry {
  /** Global id. */
  readonly result: string;
  /** Its number in the ledger. */
  readonly entry: string;
  readonly method: string;
  readonly measure: string;
  readonly value: number;
}

const named = ({ measure, value }: Entry) => `${measure} (${value})`;

/** A new value in the place of a recorded one, as a submission that another reviewer decides on. */
export function CorrectForm({ entry }: { entry: Entry }) {
  return (
    <details className="text-sm">
      <summary className="w-fit cursor-pointer py-1 text-muted hover:text-ink">
        Correct {named(entry)}
      </summary>
      <div className="mt-2 mb-4">
        <ReasonForm
          hidden={{ entry: entry.entry, method: entry.method, measure: entry.measure }}
          action={correct}
          label="Source of the corrected value, for everybody"
          required
          before={
            <label className="mb-3 block">
              <span className="mb-1 block text-muted">Corrected value</span>
              <input name="value" inputMode="decimal" required className="field w-40" />
            </label>
          }
        >
          {(pending) => (
            <button type="submit" disabled={pending} className="button button-primary">
              Submit the correction
            </button>
          )}
        </ReasonForm>
        <p className="mt-2 text-muted">Another reviewer decides on it. The old entry stays on record.</p>
      </div>
    </details>
  );
}

/** Retracts one entry of the ledger; what it said stays, with the reason. */
export function RetractForm({ entry, page }: { entry: Entry; page: string }) {
  return (
    <details className="text-sm">
      <summary className="w-fit cursor-pointer py-1 text-muted hover:text-ink">
        Retract {named(entry)}
      </summary>
      <div className="mt-2 mb-4">
        <ReasonForm
          hidden={{ result: entry.result, page }}
          action={retract}
          label="Reason, for the record"
          required
        >
          {(pending) => (
            <button type="submit" disabled={pending} className="button button-bad">
              Retract
            </button>
          )}
        </ReasonForm>
      </div>
    </details>
  );
}
