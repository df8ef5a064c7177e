/** Every fault of a submission at once: of its shape, of what the catalogue and the ledger know, and numbers that cannot be. */
import type { Context } from "../../context.ts";
import type { SubmissionBody } from "./body.ts";
import type { Draft, Fault } from "./faults/fault.ts";
import { alreadyThere, ledgerFaults } from "./faults/ledger.ts";
import { predictionFaults } from "./faults/predictions.ts";
import { plausibilityFaults } from "./plausibility/one.ts";
import { validate } from "./validate.ts";

export interface Checked {
  /** Null where the shape is wrong. */
  readonly body: SubmissionBody | null;
  readonly faults: readonly Fault[];
}

export async function check(draft: Draft, context: Context): Promise<Checked> {
  const { catalogue } = await context.snapshot();
  const { body, parts, faults } = validate(draft, catalogue);
  if (!parts) return { body, faults };
  const found = [
    ...faults,
    ...(await ledgerFaults(parts, draft.placeOf, context)),
    ...(await predictionFaults(parts, draft.placeOf, context)),
    ...(await plausibilityFaults(parts, draft.placeOf, context)),
  ];
  const isWrong = found.some(({ severity }) => severity === "ERROR");
  const all = isWrong ? found : [...found, ...(await alreadyThere(parts, draft.placeOf, context))];
  // What both the submission and the ledger say is said once.
  return { body, faults: [...new Map(all.map((one) => [`${one.place} ${one.message}`, one])).values()] };
}
