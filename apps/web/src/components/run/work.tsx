/** Who did what of a run, where and how long: from its record, whichever evaluation made it. */
import { formatDate, formatDuration } from "../../lib/format";
import { ListTable } from "../list-table";

interface Job {
  readonly job: string;
  readonly worker: string | null;
  readonly device?: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly attempts: number;
}

const isJob = (value: unknown): value is Job => {
  const { job, worker, startedAt, seconds, attempts } = value as Partial<Job>;
  return (
    typeof job === "string" &&
    (worker === null || typeof worker === "string") &&
    typeof startedAt === "string" &&
    typeof seconds === "number" &&
    typeof attempts === "number"
  );
};

/** None of a run that no worker of a queue made. */
export function jobsIn(record: unknown): Job[] {
  const jobs = (record as { work?: { jobs?: unknown } } | null)?.work?.jobs;
  return Array.isArray(jobs)
    ? jobs.filter((one) => one !== null && typeof one === "object" && isJob(one))
    : [];
}

export function Work({ record }: { record: unknown }) {
  const jobs = jobsIn(record);
  if (jobs.length === 0) return null;
  return (
    <section className="mt-6">
      <h2 className="mb-2 text-lg font-semibold">Jobs</h2>
      <ListTable
        label="Jobs"
        rows={jobs}
        rowKey={({ job }) => job}
        columns={[
          { title: "Job", heads: true, className: "font-normal", show: ({ job }) => job },
          {
            title: "Worker",
            show: ({ worker, device }) => [worker ?? "not stated", device].filter(Boolean).join(", "),
          },
          { title: "Time", show: ({ seconds }) => formatDuration(seconds) },
          {
            title: "Attempts",
            numeric: true,
            show: ({ attempts }) => attempts,
          },
          {
            title: "Started (UTC)",
            className: "whitespace-nowrap",
            show: ({ startedAt }) => formatDate(startedAt),
          },
        ]}
      />
    </section>
  );
}
