/** What a submission would change, and what is wrong with one that is sent already. */
import type { OfferMutation } from "../../../generated/graphql";
import { suiteAddress } from "../../lib/address";
import { ListTable } from "../list-table";
import { placeOf } from "./places";

type Answer = OfferMutation["submitResults"];
export type Fault = Extract<Answer, { __typename: "InvalidSubmission" }>["faults"][number];
export type RankChange = Extract<Answer, { __typename: "SubmitResultsPayload" }>["changes"][number];

export const problems = (count: number) => `${count} ${count === 1 ? "problem" : "problems"} to fix`;

export function Faults({ faults, text = "" }: { faults: readonly Fault[]; text?: string }) {
  return (
    <ListTable
      label="Problems and warnings, with their places"
      rows={faults.map((fault, index) => ({ ...fault, index }))}
      rowKey={({ index }) => String(index)}
      columns={[
        {
          title: "Where",
          heads: true,
          className: "min-w-24 font-mono text-xs font-normal break-all sm:break-normal",
          show: ({ place }) => placeOf(text, place).words,
        },
        {
          title: "Kind",
          className: "whitespace-nowrap",
          show: ({ severity }) =>
            severity === "ERROR" ? <span className="font-medium text-fault">Problem</span> : "Warning",
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

const list = (names: readonly { title: string }[]) =>
  names.length > 3
    ? `${names
        .slice(0, 2)
        .map(({ title }) => title)
        .join("; ")} and ${names.length - 2} more`
    : names.map(({ title }) => title).join("; ");

export function RankChanges({ changes }: { changes: readonly RankChange[] }) {
  if (changes.length === 0)
    return <p className="text-sm text-muted">None of its measures is on a board, so no rank changes.</p>;
  return (
    <>
      <ListTable
        label="What it would change"
        className="max-w-3xl"
        rows={changes}
        rowKey={({ suite }) => suite.slug}
        columns={[
          {
            title: "Board",
            heads: true,
            className: "whitespace-nowrap",
            show: ({ suite }) => (
              <a className="link font-normal" href={`${suiteAddress(suite.slug)}?among=all`}>
                {suite.title}
              </a>
            ),
          },
          { title: "Rank now", numeric: true, show: ({ before }) => before ?? "none" },
          {
            title: "If accepted",
            show: ({ after, missing }) =>
              after ?? <span className="text-muted">none: no value in {list(missing)}</span>,
          },
        ]}
      />
      <p className="mt-1 text-xs text-muted">
        Ranks among all values. By default a board ranks only comparable values: those under the protocol of
        most of their column.
      </p>
    </>
  );
}
