/** What reviewers ask of a server. */
import { CommandError, EXIT } from "../exit-codes.ts";
import type { Server } from "./server.ts";

export interface Pending {
  readonly id: string;
  readonly submitter: string;
  readonly method: string;
  readonly values: number;
  readonly createdAt: string;
}

export interface Decided {
  readonly id: string;
  readonly status: string;
  readonly methodSlug: string;
  readonly results: readonly {
    readonly position: string;
    readonly measure: string;
    readonly value: number;
  }[];
}

export interface Retracted {
  readonly position: string;
  readonly method: string;
  readonly measure: string;
  readonly value: number;
}

/** Relay's global id of an entry, whose position is what people see. */
function entryId(position: string): string {
  if (/^\d{1,18}$/.test(position)) return Buffer.from(`Result:${position}`).toString("base64");
  throw new CommandError(
    `an entry of the ledger is named by its number, as 'transferboard submission ID' and 'transferboard export --results' show it, not '${position}'`,
    EXIT.usage,
  );
}

const positionOf = (id: string): string =>
  Buffer.from(id, "base64")
    .toString()
    .replace(/^Result:/, "");

/** The oldest 200, oldest first: those that have waited longest. */
export async function pendingSubmissions(server: Server): Promise<Pending[]> {
  const { nodes } = await server.ask<{
    nodes: (Omit<Pending, "method" | "values"> & { methodSlug: string; valueCount: number })[];
  }>(
    "{ submissions(status: PENDING, first: 200) { nodes { id submitter createdAt methodSlug valueCount } } }",
    {},
  );
  return nodes
    .map(({ methodSlug, valueCount, ...one }) => ({ ...one, method: methodSlug, values: valueCount }))
    .reverse();
}

export async function decide(
  server: Server,
  id: string,
  verdict: "ACCEPT" | "REJECT",
  reason: string,
): Promise<Decided> {
  const { submission } = await server.ask<{
    submission: {
      id: string;
      status: string;
      methodSlug: string;
      results: { id: string; value: number; measure: { slug: string } }[];
    };
  }>(
    `mutation ($input: ReviewSubmissionInput!) { reviewSubmission(input: $input) { __typename
      ... on SubmissionPayload { submission { id status methodSlug results { id value measure { slug } } } }
      ... on Error { message } } }`,
    { input: { id, verdict, reason } },
  );
  const results = submission.results.map((one) => ({
    position: positionOf(one.id),
    measure: one.measure.slug,
    value: one.value,
  }));
  return { ...submission, results };
}

/** The same of a table, whose values are too many to list. */
export async function acceptTable(
  server: Server,
  id: string,
  reason: string,
): Promise<{ id: string; values: number; method: string }> {
  const { submission } = await server.ask<{
    submission: { id: string; methodSlug: string; valueCount: number };
  }>(
    `mutation ($input: ReviewSubmissionInput!) { reviewSubmission(input: $input) { __typename
      ... on SubmissionPayload { submission { id methodSlug valueCount } }
      ... on Error { message } } }`,
    { input: { id, verdict: "ACCEPT", reason } },
  );
  return { id: submission.id, values: submission.valueCount, method: submission.methodSlug };
}

export async function retract(
  server: Server,
  position: string,
  reason: string,
  replacement?: string,
): Promise<Retracted> {
  const { result } = await server.ask<{
    result: { value: number; measure: { slug: string }; method: { slug: string } };
  }>(
    `mutation ($input: RetractResultInput!) { retractResult(input: $input) { __typename
      ... on RetractResultPayload { result { value measure { slug } method { slug } } }
      ... on Error { message } } }`,
    {
      input: {
        id: entryId(position),
        reason,
        ...(replacement !== undefined && { replacement: entryId(replacement) }),
      },
    },
  );
  return { position, method: result.method.slug, measure: result.measure.slug, value: result.value };
}
