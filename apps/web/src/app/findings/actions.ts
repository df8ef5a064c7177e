"use server";

/** A reviewer's decision on a finding, from the server to the API with the token of the session. */
import { revalidatePath } from "next/cache";
import { graphql } from "../../../generated";
import type { FindingVerdict } from "../../../generated/graphql";
import { refusal, signedOut, textOf } from "../../lib/action";
import { askAs } from "../../lib/api";
import { readSession } from "../../lib/session";
import type { DecisionState } from "../submissions/actions";

const DecideMutation = graphql(`
  mutation DecideFinding($input: DecideFindingInput!) {
    decideFinding(input: $input) {
      __typename
      ... on Error {
        message
      }
    }
  }
`);

const verdicts: readonly string[] = ["ACCEPTED", "CORRECTED", "REJECTED"] satisfies FindingVerdict[];

interface Named {
  readonly method: string;
  readonly code: string;
  readonly measure: string | null;
  readonly value: number | null;
}

export async function decideFinding(_before: DecisionState, form: FormData): Promise<DecisionState> {
  const session = await readSession();
  if (!session) return { message: signedOut };
  const reason = textOf(form, "reason").trim();
  if (!reason) return { message: "A decision needs a reason, which everybody can read." };
  const verdict = textOf(form, "verdict");
  if (!verdicts.includes(verdict))
    return { message: "Choose whether the value is right, corrected or rejected." };
  try {
    const { method, code, measure, value } = JSON.parse(textOf(form, "finding")) as Named;
    const { decideFinding: answer } = await askAs(session.token, DecideMutation, {
      input: { method, code, measure, value, reason, verdict: verdict as FindingVerdict },
    });
    if (answer.__typename !== "DecideFindingPayload") return { message: answer.message };
  } catch (error) {
    return refusal(error);
  }
  // The list without it, in its place.
  revalidatePath("/findings");
  return null;
}
