import type { SubmissionStatus } from "../../../generated/graphql";

export const statusWords: Record<SubmissionStatus, string> = {
  PENDING: "Pending",
  ACCEPTED: "Accepted",
  REJECTED: "Rejected",
  WITHDRAWN: "Withdrawn",
};

export const statuses = Object.keys(statusWords) as SubmissionStatus[];

const styles: Record<SubmissionStatus, string> = {
  PENDING: "border-accent",
  ACCEPTED: "border-line bg-best",
  REJECTED: "border-fault",
  WITHDRAWN: "border-line text-muted",
};

export function StatusView({ status }: { status: SubmissionStatus }) {
  return (
    <span className={`inline-block rounded border px-1.5 text-xs leading-5 ${styles[status]}`}>
      {statusWords[status]}
    </span>
  );
}

/** Ids are base64, with signs that mean something in an address. */
export const submissionAddress = (id: string) => `/submissions/${encodeURIComponent(id)}`;
