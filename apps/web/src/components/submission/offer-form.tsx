"use client";

/** A file, checked before it is sent. Without script each step is a page; with it, the page stays. */
import { useActionState } from "react";
import { type OfferState, offer } from "../../app/submissions/actions";
import { Faults, RankChanges } from "./faults";

const field = "w-full rounded border border-line bg-ground px-2 py-1.5";
const button = "cursor-pointer rounded border px-4 py-1.5 text-sm disabled:opacity-60";

function Outcome({ state, pending }: { state: OfferState; pending: boolean }) {
  switch (state.step) {
    case "start":
      return null;
    case "refused":
      return <p className="rounded border border-fault bg-raised p-3 text-sm">{state.message}</p>;
    case "faulty":
      return (
        <>
          <h2 className="mb-1 text-lg font-semibold">Not yet: {state.name}</h2>
          <p className="mb-3 text-sm">{state.message} Nothing was recorded.</p>
          <Faults faults={state.faults} />
        </>
      );
    case "checked":
      return (
        <>
          <h2 className="mb-1 text-lg font-semibold">Nothing is wrong with {state.name}</h2>
          <p className="mb-3 text-sm text-muted">Nothing is recorded yet. If a reviewer accepts it:</p>
          <RankChanges changes={state.changes} />
          {state.warnings.length > 0 && (
            <div className="mt-4">
              <h3 className="mb-1 font-semibold">Look again at</h3>
              <Faults faults={state.warnings} />
            </div>
          )}
          <button
            type="submit"
            name="intent"
            value="send"
            formNoValidate
            disabled={pending}
            className={`${button} mt-4 border-ink bg-ink text-ground`}
          >
            Send it for review
          </button>
        </>
      );
  }
}

export function OfferForm() {
  const [state, act, pending] = useActionState(offer, { step: "start" });
  return (
    <form action={act} className="mt-6 max-w-4xl">
      {/* What was found comes first: after a check it is what one looks for. */}
      <div role="status" className={state.step === "start" ? "" : "mb-8"}>
        <Outcome state={state} pending={pending} />
      </div>
      <div className="grid gap-4 text-sm sm:grid-cols-[1fr_auto] sm:items-end">
        <label className="min-w-0">
          <span className="mb-1 block text-muted">File</span>
          <input type="file" name="file" accept=".json,.csv,.yaml,.yml,.md" className={field} />
        </label>
        <label>
          <span className="mb-1 block text-muted">Format</span>
          <select name="format" className={field}>
            <option value="">By the file’s name</option>
            <option value="JSON">JSON</option>
            <option value="CSV">CSV</option>
            <option value="MODEL_INDEX">model-index (YAML)</option>
            <option value="MTEB">MTEB results (JSON)</option>
          </select>
        </label>
        <label className="min-w-0 sm:col-span-2">
          <span className="mb-1 block text-muted">Or its text</span>
          <textarea name="text" rows={8} spellCheck={false} className={`${field} font-mono text-xs`} />
        </label>
      </div>
      <button
        type="submit"
        name="intent"
        value="check"
        disabled={pending}
        className={`${button} mt-4 ${state.step === "checked" ? "border-line hover:bg-raised" : "border-ink bg-ink text-ground"}`}
      >
        {pending ? "Checking …" : state.step === "start" ? "Check it" : "Check again"}
      </button>
    </form>
  );
}
