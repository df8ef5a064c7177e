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

const notFoundCodes = new Set(["NOT_FOUND", "UNKNOWN_SLUG"]);

/** What the API said of an unknown name, for the not-found page of the same request. */
export const whatIsMissing = cache((): { message: string; nearest: string[] } => ({
  message: "",
  nearest: [],
}));

/**
 * An unknown name ends in the not-found page.
 * @throws ApiError when the API answers with errors; its messages are fit to show.
 */
export async function ask<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  ...[variables]: Variables extends Record<string, never> ? [] : [Variables]
): Promise<Result> {
  const url = process.env.API_URL ?? "http://localhost:4000";
  const answer = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ query: document.toString(), variables }),
    cache: "no-store",
  });
  const body = (await answer.json()) as { data?: Result; errors?: ApiError["errors"] };
  if (body.errors) {
    const missing = body.errors.find((error) => notFoundCodes.has(error.extensions?.code ?? ""));
    if (missing) {
      Object.assign(whatIsMissing(), {
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
