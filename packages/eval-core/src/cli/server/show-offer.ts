/** How a person reads what became of a submission: every fault with its place, and what would change on the boards. */
import { table } from "../table.ts";
import type { Fault, RankChange } from "./offer.ts";

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

export function changeTable(changes: readonly RankChange[]): string {
  return table(
    [
      { header: "suite" },
      { header: "method" },
      { header: "rank now", align: "right" },
      { header: "if accepted" },
    ],
    changes.map(({ suite, method, before, after }) => [
      suite,
      method,
      before === null ? "none" : String(before),
      after === null ? "none: values missing" : String(after),
    ]),
  );
}
