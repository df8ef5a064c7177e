import type { Metadata } from "next";
import { graphql } from "../../../generated";
import type { ClaimState, ClaimsPageQuery } from "../../../generated/graphql";
import { oneOf, readQuery, type SearchParams, withQuery } from "../../lib/address";
import { ask } from "../../lib/api";
import { formatDate } from "../../lib/format";
import { explorerAddress } from "../../lib/site";

export const metadata: Metadata = {
  title: "Claims",
  alternates: { types: { "application/atom+xml": "/feeds/claims.atom" } },
};

const ClaimsQuery = graphql(`
  query ClaimsPage($state: ClaimState) {
    claims(state: $state) {
      id
      text
      asserted
      by
      statedAt
      state
      url
      events {
        position
        at
        state
        value
        interval {
          lower
          upper
        }
        reason
      }
    }
  }
`);

/** To begin with, in the explorer. */
const EXAMPLE = `mutation {
  stateClaim(input: { text: "correlation(imagenet/imagenet/top1, suite:many-shot-linear) > 0.7" }) {
    ... on StateClaimPayload { claim { text state } }
    ... on Error { message }
  }
}`;

type Claim = ClaimsPageQuery["claims"][number];

const states: Readonly<Record<ClaimState, { word: string; meaning: string; className: string }>> = {
  HOLDING: { word: "Holds", meaning: "the value agrees with the claim", className: "text-good" },
  SHAKEN: {
    word: "Shaken",
    meaning: "the value disagrees with the claim, but its 95% interval does not",
    className: "text-warn",
  },
  OVERTURNED: {
    word: "Overturned",
    meaning: "the value and its 95% interval both disagree with the claim",
    className: "text-fault",
  },
  UNANSWERABLE: {
    word: "Unanswerable",
    meaning: "the record has no value for it at the moment",
    className: "text-muted",
  },
};

const rounded = (value: number) => Number(value.toPrecision(4)).toString();

function answerOf({ value, interval, reason }: Claim["events"][number]): string {
  if (value == null) return reason ?? "no answer";
  return interval
    ? `${rounded(value)}, 95% interval ${rounded(interval.lower)} to ${rounded(interval.upper)}`
    : rounded(value);
}

function ClaimView({ claim }: { claim: Claim }) {
  const { word, className } = states[claim.state];
  return (
    <li id={claim.id} className="border-l-2 border-line pb-6 pl-4">
      <p className="break-words">
        <span className={`mr-3 font-semibold ${className}`}>{word}</span>
        <a className="link" href={new URL(claim.url).pathname + new URL(claim.url).search}>
          {claim.text}
        </a>
      </p>
      <p className="mt-1 text-sm text-muted">
        Asserted: {claim.asserted}. Stated by {claim.by}, {formatDate(claim.statedAt)} UTC.
      </p>
      <ol className="mt-2 text-sm tabular-nums" aria-label="Its states, newest first">
        {claim.events.toReversed().map((event) => (
          <li key={event.position}>
            {formatDate(event.at)} UTC: {states[event.state].word.toLowerCase()}, {answerOf(event)}
          </li>
        ))}
      </ol>
    </li>
  );
}

/** What people asserted of the record, and whether it still holds. */
export default async function ClaimsPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const names = Object.keys(states) as ClaimState[];
  const state = oneOf(names, query.state?.toUpperCase()) ?? null;
  const { claims } = await ask(ClaimsQuery, { state });
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">Claims</h1>
      <p className="mt-1 mb-3 max-w-3xl text-muted">
        A claim is a statement about the record that can be checked, such as “ImageNet accuracy predicts
        detection with r above 0.7”. Every change of the record checks all claims again. State one with{" "}
        <a className="link" href={explorerAddress(EXAMPLE, {})}>
          stateClaim
        </a>{" "}
        in the API, or follow them in a{" "}
        <a className="link" href="/feeds/claims.atom">
          feed
        </a>
        . Among many claims, expect about one in twenty to be shaken by chance.
      </p>
      <nav aria-label="By state" className="mb-6 flex flex-wrap gap-1.5">
        {[null, ...names].map((one) => (
          <a
            key={one ?? "all"}
            className="chip aria-[current]:border-ink aria-[current]:font-medium"
            aria-current={one === state ? "true" : undefined}
            href={withQuery(query, { state: one?.toLowerCase() })}
          >
            {one ? states[one].word : "All"}
          </a>
        ))}
      </nav>
      {claims.length === 0 ? (
        <p className="text-sm text-muted">
          {state
            ? `No claim is ${states[state].word.toLowerCase()}: ${states[state].meaning}.`
            : "No claims yet."}
        </p>
      ) : (
        <ul>
          {claims.map((claim) => (
            <ClaimView key={claim.id} claim={claim} />
          ))}
        </ul>
      )}
    </>
  );
}
