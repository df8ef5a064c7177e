/** Asks the API from the server side; every page's data comes through here. */
import { notFound } from "next/navigation";
import { cache } from "react";
import type { TypedDocumentString } from "../../generated/graphql";

export class ApiError extends Error {
  readonly errors: readonly { message: string; extensions?: { code?: string; nearest?: string[] } }[];

  constructor(errors: ApiError["errors"]) {
    super(errors.map((error) => error.message).join("; "));
    this.errors = errors;
  }
}

/** Where the API is, for the server side alone. */
export const apiUrl = () => process.env.API_URL ?? "http://localhost:4000";

const notFoundCodes = new Set(["NOT_FOUND", "UNKNOWN_SLUG"]);

interface Missing {
  message: string;
  nearest: string[];
  readonly asked: Promise<unknown>[];
}

const missingOfRequest = cache((): Missing => ({ message: "", nearest: [], asked: [] }));

/**
 * What the API said of an unknown name, for the not-found page of the same request. Next renders that page beside the
 * one that was asked for, so it waits until the questions of that one are answered.
 */
export async function whatIsMissing(): Promise<Missing> {
  const missing = missingOfRequest();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.allSettled(missing.asked);
  return missing;
}

/**
 * An unknown name ends in the not-found page.
 * @throws ApiError when the API answers with errors; its messages are fit to show.
 */
export function ask<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  ...rest: Variables extends Record<string, never> ? [] : [Variables]
): Promise<Result> {
  return askAs(null, document, ...rest);
}

/** The same for whoever the token is of. It goes into the header of this one request and nowhere else. */
export function askAs<Result, Variables>(
  token: string | null,
  document: TypedDocumentString<Result, Variables>,
  ...[variables]: Variables extends Record<string, never> ? [] : [Variables]
): Promise<Result> {
  const answer = send(token, document, variables);
  missingOfRequest().asked.push(answer);
  return answer;
}

async function send<Result, Variables>(
  token: string | null,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables | undefined,
): Promise<Result> {
  const answer = await fetch(`${apiUrl()}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json",
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: document.toString(), variables }),
    cache: "no-store",
  });
  const body = (await answer.json()) as { data?: Result; errors?: ApiError["errors"] };
  if (body.errors) {
    const missing = body.errors.find((error) => notFoundCodes.has(error.extensions?.code ?? ""));
    if (missing) {
      Object.assign(missingOfRequest(), {
        message: missing.message,
        nearest: missing.extensions?.nearest ?? [],
      });
      notFound();
    }
    throw new ApiError(body.errors);
  }
  if (!body.data) throw new Error(`the API answered ${answer.status} without data`);
  return body.data;
}
