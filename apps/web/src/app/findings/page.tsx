import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import type { FindingsPageQuery, FindingVerdict } from "../../../generated/graphql";
import { FindingForm } from "../../components/finding/form";
import { Pages } from "../../components/pages";
import { readQuery, type SearchParams, suiteAddress, withQuery } from "../../lib/address";
import { askAs } from "../../lib/api";
import { formatDate } from "../../lib/format";
import { readSession } from "../../lib/session";

export const metadata: Metadata = { title: "Findings" };

const FindingsQuery = graphql(`
  query FindingsPage($decided: Boolean, $after: String) {
    findings(decided: $decided, first: 50, after: $after) {
      totalCount
      nodes {
        method
        code
        severity
        measure
        value
        message
        decision {
          verdict
          reason
          by
          at
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type Finding = FindingsPageQuery["findings"]["nodes"][number];

const verdicts: Readonly<Record<FindingVerdict, string>> = {
  ACCEPTED: "Accepted as it is",
  CORRECTED: "Corrected",
  REJECTED: "Rejected",
};

function FindingView({ finding, reviewer }: { finding: Finding; reviewer: boolean }) {
  const { method, code, severity, measure, value, message, decision } = finding;
  return (
    <li className="border-l-2 border-line pb-6 pl-4">
      <p className="break-words">
        <span className={`mr-3 font-semibold ${severity === "ERROR" ? "text-fault" : "text-warn"}`}>
          {severity === "ERROR" ? "Error" : "Warning"}
        </span>
        <Link className="link" href={`/methods/${encodeURIComponent(method)}`} prefetch={false}>
          {method}
        </Link>
        {measure && (
          <>
            {", "}
            <Link className="link" href={suiteAddress(measure)} prefetch={false}>
              {measure}
            </Link>
          </>
        )}{" "}
        <code className="ml-1 text-xs text-muted">{code}</code>
      </p>
      <p className="mt-1">{message}</p>
      {decision && (
        <p className="mt-1 text-sm text-muted">
          {verdicts[decision.verdict]} by {decision.by}, {formatDate(decision.at)} UTC: {decision.reason}
        </p>
      )}
      {reviewer && (
        <details className="mt-1 text-sm">
          <summary className="w-fit cursor-pointer py-1 text-muted hover:text-ink">
            {decision ? "Decide again" : "Decide"}
          </summary>
          <FindingForm finding={JSON.stringify({ method, code, measure, value })} />
        </details>
      )}
    </li>
  );
}

/** Implausible values of the whole ledger; to reviewers with the form that decides on each. */
export default async function FindingsPage({ searchParams }: { searchParams: SearchParams }) {
  const [query, session] = await Promise.all([readQuery(searchParams), readSession()]);
  const decided = query.decided === "1";
  const { findings } = await askAs(session?.token ?? null, FindingsQuery, {
    decided,
    after: query.after ?? null,
  });
  const { nodes, totalCount, pageInfo } = findings;
  const reviewer = session?.can("REVIEW") ?? false;
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">Findings</h1>
      <p className="mt-1 mb-3 max-w-3xl text-muted">
        Recorded values that are wrong or very likely wrong. Each value is checked against the method’s other
        values, against what is possible with a test set of its size, and against what the other methods
        predict. A reviewer decides on each finding, and the decision stays in the audit log.{" "}
        {!reviewer && "To decide, sign in with a token that may review."}
      </p>
      <nav aria-label="By state" className="mb-6 flex flex-wrap gap-1.5">
        {[false, true].map((one) => (
          <Link
            key={String(one)}
            className="chip aria-[current]:border-ink aria-[current]:font-medium"
            prefetch={false}
            aria-current={one === decided ? "true" : undefined}
            href={withQuery(query, { decided: one ? "1" : undefined, after: undefined })}
          >
            {one ? "Decided" : "Open"}
          </Link>
        ))}
      </nav>
      {totalCount === 0 ? (
        <p className="text-sm text-muted">{decided ? "No decided findings." : "No open findings."}</p>
      ) : (
        <ul aria-label={`${totalCount} ${decided ? "decided" : "open"}`}>
          {nodes.map((finding) => (
            <FindingView
              key={JSON.stringify([
                finding.method,
                finding.code,
                finding.measure,
                finding.value,
                finding.message,
              ])}
              finding={finding}
              reviewer={reviewer}
            />
          ))}
        </ul>
      )}
      <Pages query={query} pageInfo={pageInfo} next="More findings" />
    </>
  );
}
