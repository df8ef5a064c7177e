/** What is wrong with a submission, and what it would change: after a check, and on its own page. */
import type { OfferMutation } from "../../../generated/graphql";
import { suiteAddress } from "../../lib/address";
import { ListTable } from "../list-table";

type Answer = OfferMutation["submitResults"];
export type Fault = Extract<Answer, { __typename: "InvalidSubmission" }>["faults"][number];
export type RankChange = Extract<Answer, { __typename: "SubmitResultsPayload" }>["changes"][number];

export function Faults({ faults }: { faults: readonly Fault[] }) {
  return (
    <ListTable
      label="What is wrong, and where"
      rows={faults.map((fault, index) => ({ ...fault, index }))}
      rowKey={({ index }) => String(index)}
      columns={[
        {
          title: "Where",
          heads: true,
          className: "min-w-24 font-mono text-xs font-normal break-all sm:break-normal",
          show: ({ place }) => place,
        },
        {
          title: "Kind",
          className: "whitespace-nowrap",
          show: ({ severity }) =>
            severity === "ERROR" ? <span className="font-medium text-fault">Fault</span> : "Warning",
        },
        {
          title: "What",
          show: ({ message, expected, nearest }) => (
            <>
              {message}
              {expected && <> Expected {expected}.</>}
              {nearest.length > 0 && (
                <>
                  {" "}
                  Did you mean <code className="break-all">{nearest.join(", ")}</code>?
                </>
              )}
            </>
          ),
        },
      ]}
    />
  );
}

export function RankChanges({ changes }: { changes: readonly RankChange[] }) {
  if (changes.length === 0) return <p className="text-sm text-muted">No board has any of its measures.</p>;
  return (
    <ListTable
      label="What it would change"
      className="max-w-2xl"
      rows={changes}
      rowKey={({ suite }) => suite.slug}
      columns={[
        {
          title: "Board",
          heads: true,
          show: ({ suite }) => (
            <a className="link font-normal" href={suiteAddress(suite.slug)}>
              {suite.title}
            </a>
          ),
        },
        { title: "Rank now", numeric: true, show: ({ before }) => before ?? "none" },
        {
          title: "If accepted",
          numeric: true,
          show: ({ after }) => after ?? <span className="text-muted">none: values missing</span>,
        },
      ]}
    />
  );
}
