import type { Metadata } from "next";
import Link from "next/link";
import type { SubmissionPageQuery } from "../../../../generated/graphql";
import { type ListColumn, ListTable } from "../../../components/list-table";
import { recordOfPictures } from "../../../components/pictures/record";
import { RunPictures } from "../../../components/pictures/run-pictures";
import { diffAddress } from "../../../components/protocol/address";
import { Verbatim } from "../../../components/scroll-region";
import { type OfferedValue, readBody } from "../../../components/submission/body";
import {
  CorrectForm,
  RetractForm,
  ReviewForm,
  WithdrawForm,
} from "../../../components/submission/decision-forms";
import { Distribution } from "../../../components/submission/distribution";
import { Faults, RankChanges } from "../../../components/submission/faults";
import { placeOf } from "../../../components/submission/places";
import { SubmissionQuery } from "../../../components/submission/query";
import { type Context, contextOf } from "../../../components/submission/review-data";
import { SignIn, ToAll } from "../../../components/submission/sign-in";
import { StatusView } from "../../../components/submission/status";
import { suiteAddress } from "../../../lib/address";
import { askAs } from "../../../lib/api";
import { formatDate, shortHash } from "../../../lib/format";
import { readSession, type Session } from "../../../lib/session";

export const metadata: Metadata = { title: "Submission" };

type Submission = SubmissionPageQuery["submission"];

/** More values than these make a page that nobody reads; the file has them all. */
const mostValues = 500;

type ValueColumn = ListColumn<OfferedValue> & {
  /** Left out where no value has it. */
  readonly has?: (value: OfferedValue) => unknown;
};

function Values({
  submission,
  context,
}: {
  submission: Submission;
  /** Of a pending one: what the record holds in its measures. */
  context: ReadonlyMap<string, Context>;
}) {
  const { values } = readBody(submission.body);
  const entries = new Map(
    submission.results.map(({ measure, position, retraction }) => [
      measure.slug,
      `${position}${retraction ? ", retracted" : ""}`,
    ]),
  );
  const columns: readonly ValueColumn[] = [
    {
      title: "Measure",
      heads: true,
      className: "font-normal",
      show: ({ measure }) => (
        <Link className="link" href={suiteAddress(measure)} prefetch={false}>
          {measure}
        </Link>
      ),
    },
    { title: "Value", numeric: true, show: ({ value }) => value },
    {
      title: "Recorded values",
      has: ({ measure }) => context.has(measure),
      show: ({ measure, value }) => {
        const found = context.get(measure);
        return found && <Distribution value={value} context={found} />;
      },
    },
    {
      title: "Before",
      numeric: true,
      has: ({ measure }) => context.get(measure)?.prior != null,
      show: ({ measure, value }) => {
        const prior = context.get(measure)?.prior;
        if (prior == null) return "";
        const change = value - prior;
        return `${prior} (${change < 0 ? "−" : "+"}${Math.abs(change).toPrecision(3)})`;
      },
    },
    {
      title: "95% interval",
      has: ({ interval }) => interval,
      numeric: true,
      show: ({ interval }) => interval && `${interval.lower} to ${interval.upper}`,
    },
    { title: "n", numeric: true, has: ({ sampleSize }) => sampleSize, show: ({ sampleSize }) => sampleSize },
    {
      title: "Protocol",
      className: "whitespace-nowrap",
      has: ({ measure, protocol }) => protocol || context.get(measure)?.usual,
      show: ({ measure, protocol }) => {
        const usual = context.get(measure)?.usual;
        if (!protocol)
          return usual ? <span className="text-warn">not stated, so not ranked with the column</span> : "";
        return (
          <>
            <code data-card={`Protocol\n${protocol}`}>{shortHash(protocol)}</code>
            {usual && usual.fingerprint !== protocol && (
              <a className="link ml-2" href={diffAddress(usual.fingerprint, protocol)}>
                differs from the column
              </a>
            )}
          </>
        );
      },
    },
    { title: "Corrects", numeric: true, has: ({ corrects }) => corrects, show: ({ corrects }) => corrects },
    {
      title: "Ledger entry",
      numeric: true,
      has: ({ measure }) => entries.has(measure),
      show: ({ measure }) => entries.get(measure),
    },
  ];
  return (
    <>
      <ListTable
        label="Every value with its measure"
        rows={values.slice(0, mostValues)}
        rowKey={({ measure }) => measure}
        columns={columns.filter(({ has }) => !has || values.some(has))}
      />
      {values.length > mostValues && (
        <p className="mt-2 text-sm text-muted">
          The first {mostValues} of {values.length}.
        </p>
      )}
    </>
  );
}

/** What a check says now: the record may have moved on since the submission came. */
function CheckedAgain({ changes, warnings }: Pick<Submission, "changes" | "warnings">) {
  return (
    <>
      <RankChanges changes={changes ?? []} />
      {warnings && warnings.length > 0 && (
        <div className="mt-4">
          <h3 className="mb-1 font-semibold">Warnings</h3>
          <Faults faults={warnings} />
        </div>
      )}
    </>
  );
}

const reasonOf = (details: unknown) =>
  typeof details === "object" && details !== null && "reason" in details && typeof details.reason === "string"
    ? details.reason
    : null;

const eventNames: Readonly<Record<string, string>> = {
  "submission.created": "received",
  "submission.accepted": "accepted",
  "submission.rejected": "rejected",
  "submission.withdrawn": "withdrawn",
  "results.recorded": "recorded",
  "result.retracted": "retracted",
};

function Timeline({ events }: { events: Submission["timeline"] }) {
  return (
    <ol className="space-y-2 border-l-2 border-line pl-4 text-sm">
      {events.map(({ position, at, by, action, subject, details }) => (
        <li key={position}>
          <span className="tabular-nums text-muted">{formatDate(at)} UTC</span>{" "}
          <span className="font-medium">{eventNames[action] ?? action.replace(".", " ")}</span>
          {subject.startsWith("result/") && `, entry ${subject.replace("result/", "")}`}
          {by && ` by ${by}`}
          {reasonOf(details) && <span className="block whitespace-pre-wrap">{reasonOf(details)}</span>}
        </li>
      ))}
    </ol>
  );
}

function Decisions({ session, submission }: { session: Session; submission: Submission }) {
  if (submission.status !== "PENDING") return null;
  const own = submission.submitter === session.name;
  if (own && session.can("SUBMIT")) {
    return (
      <section aria-labelledby="withdraw" className="mt-8">
        <h2 id="withdraw" className="mb-2 text-lg font-semibold">
          Withdraw
        </h2>
        <WithdrawForm id={submission.id} />
      </section>
    );
  }
  if (own || !session.can("REVIEW")) return null;
  return (
    <section aria-labelledby="review" className="mt-8">
      <h2 id="review" className="mb-2 text-lg font-semibold">
        Decide
      </h2>
      <ReviewForm
        id={submission.id}
        warnings={(submission.warnings ?? []).map(
          ({ place, message }) => `${placeOf("", place).words}: ${message}`,
        )}
      />
    </section>
  );
}

/** More values than these are corrected or retracted by the command. */
const mostForms = 50;

/** What a reviewer can do with recorded values that turn out to be wrong. */
function Mend({
  submission,
  live,
  mayCorrect,
}: {
  submission: Submission;
  live: Submission["results"];
  mayCorrect: boolean;
}) {
  const entries = live.slice(0, mostForms).map(({ id, position, measure, value }) => ({
    result: id,
    entry: position,
    method: submission.methodSlug,
    measure: measure.slug,
    value,
  }));
  return (
    <div className="mt-4 grid gap-x-8 gap-y-4 lg:grid-cols-2">
      <section aria-label="Correct">
        {mayCorrect ? (
          entries.map((entry) => <CorrectForm key={entry.result} entry={entry} />)
        ) : (
          <p className="text-sm text-muted">To correct a value, sign in with a token that may also submit.</p>
        )}
      </section>
      <section aria-label="Retract">
        {entries.map((entry) => (
          <RetractForm key={entry.result} entry={entry} page={submission.id} />
        ))}
      </section>
      {live.length > mostForms && (
        <p className="text-sm text-muted">
          The first {mostForms} of {live.length}. The command corrects and retracts any of them.
        </p>
      )}
    </div>
  );
}

/** One submission: what was submitted, what happened to it, and what can still be done. */
export default async function SubmissionPage({ params }: { params: Promise<{ id: string }> }) {
  const session = await readSession();
  if (!session) {
    return (
      <>
        <h1 className="text-2xl font-semibold tracking-tight">Submission</h1>
        <SignIn refused={false} />
      </>
    );
  }
  const id = decodeURIComponent((await params).id);
  const { submission } = await askAs(session.token, SubmissionQuery, { id });
  const { source, values, pictures } = readBody(submission.body);
  const { context, notLookedUp } =
    submission.status === "PENDING"
      ? await contextOf(submission.methodSlug, values)
      : { context: new Map<string, Context>(), notLookedUp: 0 };
  const live = submission.results.filter(({ retraction }) => !retraction);
  return (
    <>
      <ToAll />
      <h1 className="flex flex-wrap items-center gap-3 text-2xl font-semibold tracking-tight">
        {submission.methodSlug} <StatusView status={submission.status} />
      </h1>
      <p className="mt-4 max-w-3xl text-sm">
        {submission.valueCount} {submission.valueCount === 1 ? "value" : "values"} from {submission.submitter}
        , {formatDate(submission.createdAt)} UTC, source{" "}
        {/^https?:\/\//.test(source) ? (
          <a className="link break-all" href={source}>
            {source}
          </a>
        ) : (
          source
        )}
        .
        {submission.status === "ACCEPTED" && (
          <>
            {" "}
            <Link className="link" href={`/methods/${submission.methodSlug}`} prefetch={false}>
              The method’s page
            </Link>
          </>
        )}
      </p>
      {submission.status === "PENDING" && (
        <section aria-labelledby="changes" className="mt-8 min-w-0">
          <h2 id="changes" className="mb-2 text-lg font-semibold">
            If it is accepted
          </h2>
          <CheckedAgain changes={submission.changes} warnings={submission.warnings} />
        </section>
      )}
      <Decisions session={session} submission={submission} />
      <section aria-labelledby="timeline" className="mt-8">
        <h2 id="timeline" className="mb-2 text-lg font-semibold">
          History
        </h2>
        <Timeline events={submission.timeline} />
      </section>
      <section aria-labelledby="values" className="mt-8 min-w-0">
        <h2 id="values" className="mb-2 text-lg font-semibold">
          Values
        </h2>
        <Values submission={submission} context={context} />
        {notLookedUp > 0 && (
          <p className="mt-2 text-sm text-muted">
            The last {notLookedUp} measures are shown without recorded values: see their boards.
          </p>
        )}
        {session.can("REVIEW") && live.length > 0 && (
          <Mend submission={submission} live={live} mayCorrect={session.can("SUBMIT")} />
        )}
        <details className="mt-4 text-sm">
          <summary className="cursor-pointer text-muted hover:text-ink">
            The submission as it was sent
          </summary>
          <Verbatim label="The submission as JSON" className="mt-2 max-h-[32rem] overflow-y-auto">
            {JSON.stringify(submission.body, null, 2)}
          </Verbatim>
        </details>
      </section>
      <RunPictures record={recordOfPictures(pictures)} />
    </>
  );
}
