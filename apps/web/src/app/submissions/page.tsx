import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import { ListTable } from "../../components/list-table";
import { Pages } from "../../components/pages";
import { HowItWorks } from "../../components/submission/how-it-works";
import { SignIn } from "../../components/submission/sign-in";
import { StatusView, statuses, statusWords, submissionAddress } from "../../components/submission/status";
import { oneOf, type Query, readQuery, type SearchParams, withQuery } from "../../lib/address";
import { askAs } from "../../lib/api";
import { formatDate } from "../../lib/format";
import { readSession, type Session } from "../../lib/session";

export const metadata: Metadata = { title: "Submissions" };

const SubmissionsQuery = graphql(`
  query Submissions($status: SubmissionStatus, $mine: Boolean, $after: String) {
    submissions(status: $status, mine: $mine, first: 50, after: $after) {
      totalCount
      nodes {
        id
        status
        submitter
        methodSlug
        valueCount
        createdAt
        decidedAt
        decidedBy
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const choice = "chip ml-1 aria-[current]:border-ink aria-[current]:font-medium";

function Choices({ query, reviewer }: { query: Query; reviewer: boolean }) {
  const status = oneOf(statuses, query.status);
  return (
    <div className="mb-3 flex flex-wrap gap-x-8 gap-y-2 text-sm">
      <nav aria-label="Status">
        <span className="text-muted">Status </span>
        {[undefined, ...statuses].map((one) => (
          <Link
            key={one ?? "all"}
            prefetch={false}
            scroll={false}
            aria-current={one === status ? "true" : undefined}
            href={withQuery(query, { status: one, after: undefined })}
            className={choice}
          >
            {one ? statusWords[one] : "All"}
          </Link>
        ))}
      </nav>
      {reviewer && (
        <nav aria-label="Whose">
          <span className="text-muted">From </span>
          {[undefined, "1"].map((one) => (
            <Link
              key={one ?? "all"}
              prefetch={false}
              scroll={false}
              aria-current={one === query.mine ? "true" : undefined}
              href={withQuery(query, { mine: one, after: undefined })}
              className={choice}
            >
              {one ? "Me" : "Everybody"}
            </Link>
          ))}
        </nav>
      )}
    </div>
  );
}

async function Submissions({ session, query }: { session: Session; query: Query }) {
  const { submissions } = await askAs(session.token, SubmissionsQuery, {
    status: oneOf(statuses, query.status) ?? null,
    mine: query.mine === "1",
    after: query.after ?? null,
  });
  const { nodes, pageInfo, totalCount } = submissions;
  return (
    <>
      <Choices query={query} reviewer={session.can("REVIEW")} />
      {nodes.length === 0 ? (
        <p className="text-muted">
          {query.status || query.mine ? "No submission matches this choice." : "No submissions yet."}
        </p>
      ) : (
        <ListTable
          label={`${totalCount} submissions`}
          rows={nodes}
          rowKey={({ id }) => id}
          columns={[
            {
              title: "Method",
              heads: true,
              show: ({ id, methodSlug }) => (
                <Link className="link" href={submissionAddress(id)} prefetch={false}>
                  {methodSlug}
                </Link>
              ),
            },
            { title: "Status", show: ({ status }) => <StatusView status={status} /> },
            { title: "Values", numeric: true, show: ({ valueCount }) => valueCount },
            { title: "From", show: ({ submitter }) => submitter },
            {
              title: "Received (UTC)",
              className: "whitespace-nowrap",
              show: ({ createdAt }) => formatDate(createdAt),
            },
            {
              title: "Decided (UTC)",
              className: "whitespace-nowrap",
              show: ({ decidedAt, decidedBy }) =>
                decidedAt && `${formatDate(decidedAt)}${decidedBy ? ` by ${decidedBy}` : ""}`,
            },
          ]}
        />
      )}
      <Pages query={query} pageInfo={pageInfo} next="Older submissions" />
    </>
  );
}

/** One's own submissions, to reviewers all; without a session, the way in. */
export default async function SubmissionsPage({ searchParams }: { searchParams: SearchParams }) {
  const [query, session] = await Promise.all([readQuery(searchParams), readSession()]);
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">{session ? "Submissions" : "Submit results"}</h1>
      {session ? (
        <>
          <div className="mt-6 mb-4 flex flex-wrap items-center gap-4 text-sm">
            {session.can("SUBMIT") && (
              <Link href="/submissions/new" className="button button-primary" prefetch={false}>
                Submit results
              </Link>
            )}
            {session.can("REVIEW") && (
              <Link href="/findings" className="button" prefetch={false}>
                Findings
              </Link>
            )}
          </div>
          <Submissions session={session} query={query} />
        </>
      ) : (
        <>
          <HowItWorks />
          <SignIn refused={query.refused === "1"} />
        </>
      )}
    </>
  );
}
