import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../../generated";
import { PlanTable } from "../../../components/evaluation/plan";
import { Refreshing } from "../../../components/refreshing";
import { ask } from "../../../lib/api";
import { formatDate, runStates } from "../../../lib/format";

export const metadata: Metadata = { title: "Evaluation", robots: { index: false } };

const EvaluationQuery = graphql(`
  query EvaluationPage($id: ID!) {
    evaluation(id: $id) {
      state
      reason
      notes
      createdAt
      startedAt
      finishedAt
      plan {
        done
        jobs {
          id
          title
          state
          worker
          attempts
          startedAt
          finishedAt
          doing
          progress
          secondsLeft
          reason
        }
      }
      runs {
        id
        checkpoint {
          method {
            name
          }
        }
        dataset {
          title
        }
        protocol {
          title
        }
      }
    }
  }
`);

/** An evaluation that was asked of the workers: its jobs, live, and the runs that it made. */
export default async function EvaluationPage({ params }: { params: Promise<{ id: string }> }) {
  const { evaluation } = await ask(EvaluationQuery, { id: decodeURIComponent((await params).id) });
  const { state, reason, notes, plan, runs, createdAt, startedAt, finishedAt } = evaluation;
  const underWay = state === "QUEUED" || state === "RUNNING";
  const times = [
    `requested ${formatDate(createdAt)}`,
    startedAt && `started ${formatDate(startedAt)}`,
    finishedAt && `finished ${formatDate(finishedAt)}`,
  ].filter(Boolean);
  return (
    <>
      {underWay && <Refreshing />}
      <h1 className="text-2xl font-semibold tracking-tight">
        {runs[0] ? `Evaluation of ${runs[0].checkpoint.method.name}` : "Evaluation"}
      </h1>
      <p className="mt-1 mb-4 text-muted">
        {runStates[state]}
        {plan && `, ${plan.done} of ${plan.jobs.length} ${plan.jobs.length === 1 ? "job" : "jobs"} finished`};{" "}
        {times.join(", ")} (UTC).
      </p>
      {plan && underWay && (
        <div aria-hidden="true" className="mb-4 h-2 max-w-xl rounded-full bg-raised">
          <div
            className="h-2 rounded-full bg-accent"
            style={{ width: `${(100 * plan.done) / Math.max(1, plan.jobs.length)}%` }}
          />
        </div>
      )}
      {[reason, ...notes].filter(Boolean).map((sentence) => (
        <p key={sentence} className="mb-3 rounded border border-line bg-raised p-3 text-sm">
          {sentence}
        </p>
      ))}
      {plan && <PlanTable plan={plan} />}
      {runs.length > 0 && (
        <>
          <h2 className="mt-6 mb-2 text-lg font-semibold">Runs</h2>
          <ul className="list-disc pl-5 text-sm">
            {runs.map(({ id, dataset, protocol }) => (
              <li key={id}>
                <Link className="link" href={`/runs/${encodeURIComponent(id)}`} prefetch={false}>
                  {protocol.title} on {dataset.title}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
