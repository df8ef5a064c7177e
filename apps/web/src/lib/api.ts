/** Asks the API from the server side; every page's data comes through here. */
import { notFound } from "next/navigation";
import { cache } from "react";
import type { TypedDocumentString } from "../../generated/graphql";
import { noteInstead, visitorHeaders } from "./instead";

export class ApiError extends Error {
  readonly errors: readonly { message: string; extensions?: { code?: string; nearest?: string[] } }[];

  constructor(errors: ApiError["errors"]) {
    super(errors.map((error) => error.message).join("; "));
    this.errors = errors;
  }
}

/** Where the API is, for the server side alone. */
export const apiUrl = () => process.env.API_URL ?? "http://localhost:4000";

const notFoundCodes: ReadonlySet<string> = new Set(["NOT_FOUND", "UNKNOWN_SLUG"]);

/** Where a page only reads, all that it asks comes from its address: what is wrong with it is said in the same place. */
const badAddressCodes: ReadonlySet<string> = new Set([...notFoundCodes, "BAD_INPUT", "BAD_USER_INPUT"]);

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
 * An unknown name, or a value that the API refuses, ends in the not-found page with what the API said.
 * @throws ApiError when the API answers with errors; its messages are fit to show.
 */
export function ask<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  ...rest: Variables extends Record<string, never> ? [] : [Variables]
): Promise<Result> {
  return noted(send(null, document, rest[0], badAddressCodes));
}

/**
 * For whoever the token is of. It goes into the header of this one request and nowhere else. Only an unknown name ends
 * in the not-found page: a form shows the rest beside itself.
 */
export function askAs<Result, Variables>(
  token: string | null,
  document: TypedDocumentString<Result, Variables>,
  ...[variables]: Variables extends Record<string, never> ? [] : [Variables]
): Promise<Result> {
  return noted(send(token, document, variables, notFoundCodes));
}

function noted<Result>(answer: Promise<Result>): Promise<Result> {
  missingOfRequest().asked.push(answer);
  return answer;
}

/** @throws where the API is away or goes away while it answers; the server then says so in the page's place. */
async function post(token: string | null, body: object): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(`${apiUrl()}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json",
        ...visitorHeaders(),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      cache: "no-store",
    });
    if (answer.status === 503) noteInstead({ status: 503 });
    if (answer.status === 429)
      noteInstead({ status: 429, retryAfter: Number(answer.headers.get("retry-after")) || 60 });
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    noteInstead({ status: 503 });
    throw error;
  }
}

async function send<Result, Variables>(
  token: string | null,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables | undefined,
  endsPage: ReadonlySet<string>,
): Promise<Result> {
  const { status, text } = await post(token, { query: document.toString(), variables });
  const body = JSON.parse(text) as { data?: Result; errors?: ApiError["errors"] };
  if (body.errors) {
    const missing = body.errors.find((error) => endsPage.has(error.extensions?.code ?? ""));
    if (missing) {
      const told = { message: missing.message, nearest: missing.extensions?.nearest ?? [] };
      Object.assign(missingOfRequest(), told);
      noteInstead({ status: notFoundCodes.has(missing.extensions?.code ?? "") ? 404 : 400, ...told });
      notFound();
    }
    throw new ApiError(body.errors);
  }
  if (!body.data) throw new Error(`the API answered ${status} without data`);
  return body.data;
}
