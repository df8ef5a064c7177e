"use client";

/** What a reviewer decides of a finding, with the reason that everybody can read. */
import { decideFinding } from "../../app/findings/actions";
import { ReasonForm } from "../submission/decision-forms";

const buttons = [
  ["ACCEPTED", "Accept as it is", "button button-primary"],
  ["CORRECTED", "Mark as corrected", "button"],
  ["REJECTED", "Reject", "button button-bad"],
] as const;

export function FindingForm({ finding }: { finding: string }) {
  return (
    <ReasonForm hidden={{ finding }} action={decideFinding} label="Reason, for the record" required>
      {(pending) =>
        buttons.map(([value, words, className]) => (
          <button
            key={value}
            type="submit"
            name="verdict"
            value={value}
            disabled={pending}
            className={className}
          >
            {words}
          </button>
        ))
      }
    </ReasonForm>
  );
}
