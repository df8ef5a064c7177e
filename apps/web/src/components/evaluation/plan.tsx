/** The jobs of an evaluation: who has each, how far it is, how long it takes. */
import type { EvaluationJobState, EvaluationPageQuery } from "../../../generated/graphql";
import { formatDate, formatDuration } from "../../lib/format";
import { ListTable } from "../list-table";

type Plan = NonNullable<EvaluationPageQuery["evaluation"]["plan"]>;
export type Job = Plan["jobs"][number];

const states: Record<EvaluationJobState, string> = {
  WAITING: "Waits for others",
  QUEUED: "Waits for a worker",
  RUNNING: "Running",
  DONE: "Done",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
};

/** What is known of how long it takes: it took so long, or so much is done and left. */
export function timeOf({ state, startedAt, finishedAt, progress, secondsLeft }: Job): string {
  if (startedAt && finishedAt && (state === "DONE" || state === "FAILED")) {
    return `took ${formatDuration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)}`;
  }
  if (state !== "RUNNING") return "";
  const share = progress == null ? undefined : `${Math.floor(100 * progress)}%`;
  const left = secondsLeft == null ? undefined : `${formatDuration(secondsLeft)} left`;
  return [share, left].filter(Boolean).join(", ");
}

export function PlanTable({ plan }: { plan: Plan }) {
  return (
    <ListTable
      label="Jobs"
      rows={plan.jobs}
      rowKey={({ id }) => id}
      columns={[
        { title: "Job", heads: true, className: "font-normal", show: ({ title }) => title },
        {
          title: "State",
          show: ({ state, attempts }) =>
            attempts > 1 ? `${states[state]} (begun ${attempts} times)` : states[state],
        },
        { title: "Worker", className: "text-muted", show: ({ worker }) => worker ?? "" },
        {
          title: "Step",
          className: "text-muted",
          show: ({ doing, reason }) => reason ?? doing ?? "",
        },
        { title: "Time", className: "whitespace-nowrap", show: timeOf },
        {
          title: "Started (UTC)",
          className: "whitespace-nowrap",
          show: ({ startedAt }) => (startedAt ? formatDate(startedAt) : ""),
        },
      ]}
    />
  );
}
