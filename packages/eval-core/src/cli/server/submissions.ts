/** What became of submissions, as a server tells whoever may know. */
import { CommandError } from "../exit-codes.ts";
import type { Server } from "./server.ts";

export const STATES = ["pending", "accepted", "rejected", "withdrawn"] as const;
export type State = (typeof STATES)[number];

export interface Listed {
  readonly id: string;
  readonly status: string;
  readonly submitter: string;
  readonly methodSlug: string;
  readonly valueCount: number;
  readonly createdAt: string;
  readonly decidedAt: string | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
}

export interface TimelineEvent {
  readonly position: string;
  readonly at: string;
  readonly by: string | null;
  readonly action: string;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface Shown extends Listed {
  readonly body: { readonly source: string; readonly values: readonly { measure: string; value: number }[] };
  readonly results: readonly { position: string; value: number; measure: { slug: string } }[];
  readonly timeline: readonly TimelineEvent[];
}

const FIELDS = "id status submitter methodSlug valueCount createdAt decidedAt decidedBy reason";
const MOST_AT_ONCE = 200;

export interface Listing {
  readonly submissions: readonly Listed[];
  /** How many there are beside those. */
  readonly more: number;
}

/** Newest first, at most `limit`; one's own, or with `all` whatever the token may see. */
export async function listSubmissions(
  server: Server,
  { state, all, limit }: { state: State | undefined; all: boolean; limit: number },
): Promise<Listing> {
  const submissions: Listed[] = [];
  let after: string | null = null;
  for (;;) {
    const first = Math.min(MOST_AT_ONCE, limit - submissions.length);
    const page: {
      nodes: Listed[];
      totalCount: number;
      pageInfo: { hasNextPage: boolean; endCursor: string };
    } = await server.ask(
      `query ($status: SubmissionStatus, $mine: Boolean!, $first: Int!, $after: String) {
          submissions(status: $status, mine: $mine, first: $first, after: $after) {
            nodes { ${FIELDS} } totalCount pageInfo { hasNextPage endCursor } } }`,
      { status: state?.toUpperCase(), mine: !all, first, after },
    );
    submissions.push(...page.nodes);
    if (!page.pageInfo.hasNextPage || submissions.length >= limit) {
      return { submissions, more: Math.max(0, page.totalCount - submissions.length) };
    }
    after = page.pageInfo.endCursor;
  }
}

export async function showSubmission(server: Server, id: string): Promise<Shown> {
  if (!Buffer.from(id, "base64").toString().startsWith("Submission:")) {
    throw new CommandError(`'${id}' is no id of a submission: 'transferboard submissions' lists yours`);
  }
  return server.ask<Shown>(
    `query ($id: ID!) { submission(id: $id) { ${FIELDS} body results { position value measure { slug } }
      timeline { position at by action subject details } } }`,
    { id },
  );
}
