"use server";

/** Making and revoking tokens, with the token of the session. */
import { revalidatePath } from "next/cache";
import { graphql } from "../../../generated";
import type { Scope } from "../../../generated/graphql";
import { refusal, signedOut, textOf } from "../../lib/action";
import { askAs } from "../../lib/api";
import { readSession } from "../../lib/session";

const CreateMutation = graphql(`
  mutation CreateToken($input: CreateTokenInput!) {
    createToken(input: $input) {
      __typename
      ... on CreateTokenPayload {
        secret
      }
      ... on Error {
        message
      }
    }
  }
`);

const RevokeMutation = graphql(`
  mutation RevokeToken($input: RevokeTokenInput!) {
    revokeToken(input: $input) {
      __typename
      ... on Error {
        message
      }
    }
  }
`);

export type TokenState =
  | null
  | { readonly message: string }
  | { readonly secret: string; readonly account: string };

const known: readonly string[] = ["READ", "SUBMIT", "REVIEW", "WORK", "ADMIN"] satisfies Scope[];

/** The secret is in this answer and nowhere else: it is shown once. */
export async function createToken(_before: TokenState, form: FormData): Promise<TokenState> {
  const session = await readSession();
  if (!session) return { message: signedOut };
  const [account, name] = [textOf(form, "account").trim(), textOf(form, "name").trim()];
  const scopes = form
    .getAll("scopes")
    .map(String)
    .filter((one) => known.includes(one)) as Scope[];
  if (!account || !name || scopes.length === 0)
    return { message: "A token needs an account, a name and at least one permission." };
  try {
    const { createToken: answer } = await askAs(session.token, CreateMutation, {
      input: { account, name, scopes },
    });
    if (answer.__typename !== "CreateTokenPayload") return { message: answer.message };
    revalidatePath("/account");
    return { secret: answer.secret, account };
  } catch (error) {
    return refusal(error);
  }
}

export async function revokeToken(_before: TokenState, form: FormData): Promise<TokenState> {
  const session = await readSession();
  if (!session) return { message: signedOut };
  try {
    const { revokeToken: answer } = await askAs(session.token, RevokeMutation, {
      input: { id: textOf(form, "id") },
    });
    if (answer.__typename !== "RevokeTokenPayload") return { message: answer.message };
  } catch (error) {
    return refusal(error);
  }
  revalidatePath("/account");
  return null;
}
