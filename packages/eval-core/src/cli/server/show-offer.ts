/** How a person reads what became of a submission: every fault with its place, and what would change on the boards. */
import { table } from "../table.ts";
import { uuidOf } from "./ids.ts";
import type { Accepted, Fault, RankChange } from "./offer.ts";
import { pageOf } from "./site.ts";

function sentenceOfFault({ message, expected, nearest }: Fault): string {
  const hint = nearest.length > 0 ? ` Did you mean ${nearest.join(" or ")}?` : "";
  return `${message}${expected === null ? "" : ` Expected ${expected}.`}${hint}`;
}

export function faultTable(faults: readonly Fault[]): string {
  return table(
    [{ header: "where" }, { header: "kind" }, { header: "what" }],
    faults.map((fault) => [fault.place, fault.severity.toLowerCase(), sentenceOfFault(fault)]),
  );
}

const MOST_NAMED = 2;

/** Why a method would not be ranked: the first measures that it has no value in, and how many more. */
function whyUnranked(missing: readonly string[]): string {
  const more = missing.length - MOST_NAMED;
  const named = more > 1 ? [...missing.slice(0, MOST_NAMED), `${more} more`] : missing;
  return `none: no value in ${new Intl.ListFormat("en-GB").format(named)}`;
}

export function changeTable(changes: readonly RankChange[]): string {
  return table(
    [
      { header: "suite" },
      { header: "method" },
      { header: "rank now", align: "right" },
      { header: "if accepted" },
    ],
    changes.map(({ suite, method, before, after, missing }) => [
      suite,
      method,
      before === null ? "none" : String(before),
      after === null ? whyUnranked(missing) : String(after),
    ]),
  );
}

/** Where it is on the site, and what comes next. */
function closing({ id, status }: { readonly id: string; readonly status: string }): string[] {
  const page = `Page    ${pageOf(`/submissions/${encodeURIComponent(id)}`)}`;
  if (status !== "PENDING") return [page];
  return [page, `Next    a reviewer decides; 'transferboard submission ${uuidOf(id)}' shows what happened`];
}

export function offerInWords({ submission, warnings, changes, created }: Accepted): string {
  const standing =
    submission === null
      ? "No problems found. Nothing was sent: this was a dry run."
      : `${created ? "Received" : "Received before"} as ${uuidOf(submission.id)}: ${submission.status.toLowerCase()}.`;
  return [
    ...(warnings.length > 0 ? [faultTable(warnings), ""] : []),
    // Of what was decided long ago, "if accepted" would say nothing.
    ...(changes.length > 0 && (created || submission === null) ? [changeTable(changes), ""] : []),
    standing,
    ...(submission === null ? [] : closing(submission)),
  ].join("\n");
}
