/** What a sender and a reviewer are told of a table that is no fault: warnings, and what has no measure here. */
import { type Fault, fault } from "../faults/fault.ts";
import type { TableBody } from "./body.ts";

/** More lines than these, nobody reads; their number is told. */
const MOST = 200;

/** @param doubts of numbers that are suspicious */
export function warningsOfTable(
  { warnings, unmapped, models, rows }: TableBody,
  doubts: readonly Fault[],
): Fault[] {
  const all = [
    ...warnings.map(({ place, kind, message }) => fault(place, message, { code: kind, severity: "WARNING" })),
    ...unmapped.map(({ place, what, reason, from }) =>
      fault(place, `'${what}' is left out: ${reason}${from === undefined ? "" : `, as at ${from}`}.`, {
        code: reason,
        severity: "WARNING",
      }),
    ),
  ];
  const n = doubts.length;
  const doubted = n === 0 ? "" : ` ${n === 1 ? "One doubt" : `${n} doubts`} about numbers.`;
  const summary = fault(
    "/",
    `${rows.length} values of ${new Set(models.map(({ method }) => method)).size} methods; ${all.length} entries are no value here.${doubted}`,
    {
      code: "summary",
      severity: "WARNING",
    },
  );
  return [summary, ...[...doubts, ...all].slice(0, MOST)];
}
