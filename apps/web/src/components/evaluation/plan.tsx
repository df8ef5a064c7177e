/** The jobs of an evaluation: who has each, how far it is, how long it takes. */
import type { EvaluationJobState, EvaluationPageQuery } from "../../../generated/graphql";
import { formatDate, formatDuration } from "../../lib/format";
import { ListTable } from "../list-table";

type Plan = NonNullable<EvaluationPageQuery["evaluation"]["plan"]>;
type Job = Plan["jobs"][number];

const states: Record<EvaluationJobState, string> = {
  WAITING: "Waiting for other jobs",
  QUEUED: "Queued",
  RUNNING: "Running",
  DONE: "Done",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
};

function timeOf({ state, startedAt, finishedAt }: Job): string {
  if (!startedAt || !finishedAt || (state !== "DONE" && state !== "FAILED")) return "";
  return `took ${formatDuration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)}`;
}

/** Why it failed, or what is being done and how much of that: the rest of the job is not known. */
function stepOf({ reason, doing, progress, secondsLeft }: Job): string {
  if (reason != null || doing == null) return reason ?? "";
  const share = progress == null ? undefined : `${Math.floor(100 * progress)}%`;
  const left = secondsLeft == null ? undefined : `${formatDuration(secondsLeft)} left`;
  const far = [share, left].filter(Boolean).join(", ");
  return far === "" ? doing : `${doing} (${far})`;
}

export function PlanTable({ plan }: { plan: Plan }) {
  return (
    <ListTable
      label="Jobs"
      rows={plan.jobs}
      rowKey={({ id }) => id}
      columns={[
        { title: "Job", heads: true, className: "min-w-56 font-normal", show: ({ title }) => title },
        {
          title: "State",
          className: "whitespace-nowrap",
          show: ({ state, attempts }) =>
            attempts > 1 ? `${states[state]} (attempt ${attempts})` : states[state],
        },
        { title: "Worker", className: "text-muted", show: ({ worker }) => worker ?? "" },
        {
          title: "Step",
          className: "min-w-56 text-muted",
          show: stepOf,
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
