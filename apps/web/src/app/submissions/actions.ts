"use server";

/**
 * What a signed-in reader does, from the server to the API with the token of the session. Next refuses an action that
 * another site's page sent; a form without script reaches the same functions.
 */
import { randomUUID } from "node:crypto";
import { redirect } from "next/navigation";
import type { SubmissionFormat, Verdict } from "../../../generated/graphql";
import type { Fault, RankChange } from "../../components/submission/faults";
import { plainLines } from "../../components/submission/places";
import {
  OfferMutation,
  RetractMutation,
  ReviewMutation,
  WithdrawMutation,
} from "../../components/submission/query";
import { submissionAddress } from "../../components/submission/status";
import { refusal, signedOut, textOf } from "../../lib/action";
import { askAs } from "../../lib/api";
import { readSession, type Session } from "../../lib/session";

export type OfferState =
  | { readonly step: "start" }
  | { readonly step: "refused"; readonly message: string; readonly content?: string }
  | {
      readonly step: "faulty";
      readonly content: string;
      readonly message: string;
      readonly faults: readonly Fault[];
    }
  | {
      readonly step: "checked";
      readonly format: SubmissionFormat;
      readonly content: string;
      /** The file's. */
      readonly name: string;
      readonly idempotencyKey: string;
      readonly warnings: readonly Fault[];
      readonly changes: readonly RankChange[];
    };

export type DecisionState = { readonly message: string } | null;

const mostLetters = 1_000_000;

const formats: Readonly<Record<string, SubmissionFormat>> = {
  json: "JSON",
  csv: "CSV",
  yaml: "MODEL_INDEX",
  yml: "MODEL_INDEX",
  md: "MODEL_INDEX",
};
const own: readonly string[] = ["JSON", "CSV", "MODEL_INDEX", "MTEB"] satisfies SubmissionFormat[];
/** Of other tools: sent with the file's name, which may tell the dataset. */
const others: readonly string[] = [
  "TIMM_CSV",
  "TORCHGEO_CSV",
  "CLIP_BENCHMARK_CSV",
  "EFFICIENT_PROBING_CSV",
  "EVERY_EVAL_EVER",
  "LM_EVAL",
  "HF_MODEL_INDEX",
  "WANDB",
] satisfies SubmissionFormat[];
const known = [...own, ...others];

/** As the API takes it: a file of another tool under its name. */
const asSent = (format: SubmissionFormat, name: string, content: string) =>
  others.includes(format) ? JSON.stringify({ [name || "results.json"]: content }) : content;

/** As chosen, or by the file's name; of pasted text by how it begins. */
function formatOf(chosen: string, name: string, content: string): SubmissionFormat | null {
  if (known.includes(chosen)) return chosen as SubmissionFormat;
  if (name) return formats[name.split(".").at(-1)?.toLowerCase() ?? ""] ?? null;
  return content.trimStart().startsWith("{") ? "JSON" : "CSV";
}

async function send(
  session: Session,
  input: { format: SubmissionFormat; content: string; idempotencyKey: string; dryRun: boolean },
) {
  return (await askAs(session.token, OfferMutation, { input })).submitResults;
}

async function check(session: Session, form: FormData): Promise<OfferState> {
  const file = form.get("file");
  const uploaded = file instanceof File && file.size > 0 ? file : null;
  if (uploaded && uploaded.size > 4 * mostLetters)
    return {
      step: "refused",
      message:
        "The file has more than 1,000,000 letters: send it with 'transferboard submit' or to POST /submissions of the API.",
    };
  const content = plainLines(uploaded ? await uploaded.text() : textOf(form, "text"));
  if (!content.trim()) return { step: "refused", message: "Choose a file, or paste its text." };
  const given = uploaded?.name ?? textOf(form, "name");
  const format = formatOf(textOf(form, "format"), given, content);
  if (!format) {
    return {
      step: "refused",
      content,
      message: `The format of '${given}' is not clear from its name: choose it, or name the file .json, .csv, .yaml or .md.`,
    };
  }
  const idempotencyKey = randomUUID();
  const sent = asSent(format, given, content);
  const answer = await send(session, { format, content: sent, idempotencyKey, dryRun: true });
  switch (answer.__typename) {
    case "SubmitResultsPayload":
      return {
        step: "checked",
        format,
        content,
        name: given,
        idempotencyKey,
        warnings: answer.warnings,
        changes: answer.changes,
      };
    case "InvalidSubmission":
      return { step: "faulty", content, message: answer.message, faults: answer.faults };
    default:
      return { step: "refused", content, message: answer.message };
  }
}

/** Checks what the form has; what was checked is then sent, under the key that it was given when it was checked. */
export async function offer(before: OfferState, form: FormData): Promise<OfferState> {
  const session = await readSession();
  if (!session) return { step: "refused", message: signedOut };
  let received: string | undefined;
  try {
    if (textOf(form, "intent") !== "send" || before.step !== "checked") return await check(session, form);
    const { format, content, name, idempotencyKey } = before;
    const sent = asSent(format, name, content);
    const answer = await send(session, { format, content: sent, idempotencyKey, dryRun: false });
    if (answer.__typename === "InvalidSubmission")
      return { step: "faulty", content, message: answer.message, faults: answer.faults };
    if (answer.__typename !== "SubmitResultsPayload")
      return { step: "refused", content, message: answer.message };
    received = answer.submission?.id;
  } catch (error) {
    return { step: "refused", content: plainLines(textOf(form, "text")), ...refusal(error) };
  }
  redirect(received ? submissionAddress(received) : "/submissions");
}

export async function decide(_before: DecisionState, form: FormData): Promise<DecisionState> {
  const session = await readSession();
  if (!session) return { message: signedOut };
  const id = textOf(form, "id");
  const reason = textOf(form, "reason").trim();
  if (!reason) return { message: "A decision needs a reason, which the submitter will read." };
  const verdict: Verdict | null =
    ({ ACCEPT: "ACCEPT", REJECT: "REJECT" } as const)[textOf(form, "verdict")] ?? null;
  if (!verdict) return { message: "Choose whether to accept or to reject." };
  const warnings = Number(textOf(form, "warnings"));
  if (verdict === "ACCEPT" && new Set(form.getAll("seen")).size < warnings)
    return { message: "Tick each warning that you have looked at, or reject the submission." };
  try {
    const { reviewSubmission: answer } = await askAs(session.token, ReviewMutation, {
      input: { id, reason, verdict },
    });
    if (answer.__typename !== "SubmissionPayload") return { message: answer.message };
  } catch (error) {
    return refusal(error);
  }
  redirect(submissionAddress(id));
}

/** Puts a tombstone on one entry, and comes back to the page it was asked for on. */
export async function retract(_before: DecisionState, form: FormData): Promise<DecisionState> {
  const session = await readSession();
  if (!session) return { message: signedOut };
  const reason = textOf(form, "reason").trim();
  if (!reason) return { message: "A retraction needs a reason, which everybody can read." };
  try {
    const { retractResult: answer } = await askAs(session.token, RetractMutation, {
      input: { id: textOf(form, "result"), reason },
    });
    if (answer.__typename !== "RetractResultPayload") return { message: answer.message };
  } catch (error) {
    return refusal(error);
  }
  redirect(submissionAddress(textOf(form, "page")));
}

/**
 * Submits a value in the place of a recorded one. Nobody decides on their own submission, so another reviewer accepts
 * it; the entry that it corrects stays on record.
 */
export async function correct(_before: DecisionState, form: FormData): Promise<DecisionState> {
  const session = await readSession();
  if (!session) return { message: signedOut };
  const source = textOf(form, "reason").trim();
  const value = Number(textOf(form, "value").trim().replace(",", "."));
  if (!textOf(form, "value").trim() || !Number.isFinite(value))
    return { message: "The corrected value must be a number, such as 54.49." };
  if (!source) return { message: "A correction needs a source, which everybody can read." };
  const [measure, corrects] = [textOf(form, "measure"), textOf(form, "entry")];
  const content = JSON.stringify({
    method: { slug: textOf(form, "method") },
    source,
    values: [{ measure, value, corrects }],
  });
  let received: string | undefined;
  try {
    const input = { format: "JSON", content, idempotencyKey: randomUUID(), dryRun: false } as const;
    const answer = await send(session, input);
    if (answer.__typename === "InvalidSubmission")
      return { message: answer.faults.map(({ message }) => message).join(" ") };
    if (answer.__typename !== "SubmitResultsPayload") return { message: answer.message };
    received = answer.submission?.id;
  } catch (error) {
    return refusal(error);
  }
  redirect(received ? submissionAddress(received) : "/submissions");
}

export async function withdraw(_before: DecisionState, form: FormData): Promise<DecisionState> {
  const session = await readSession();
  if (!session) return { message: signedOut };
  const id = textOf(form, "id");
  try {
    const { withdrawSubmission: answer } = await askAs(session.token, WithdrawMutation, {
      input: { id, reason: textOf(form, "reason").trim() || null },
    });
    if (answer.__typename !== "SubmissionPayload") return { message: answer.message };
  } catch (error) {
    return refusal(error);
  }
  redirect(submissionAddress(id));
}
