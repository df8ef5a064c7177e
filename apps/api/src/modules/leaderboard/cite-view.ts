/** A board as a BibTeX entry: the site's page of it, with all that was asked. */
import { citeAnswer, pinnedAddress } from "../../citation.ts";
import { AGGREGATE_NAMES } from "../export/cite.ts";
import { filterParameters } from "../method/filter-address.ts";
import type { BoardAnswer, BoardOrder } from "./service.ts";

/** The page's `sort`: a column, descending with a minus. Best first is what it shows unasked. */
function sortOf(order: BoardOrder | null | undefined): string | null {
  if (!order || (order.field === "RANK" && order.direction === "ASC")) return null;
  const column = order.field === "MEASURE" ? (order.measure ?? "") : order.field.toLowerCase();
  return `${order.direction === "DESC" ? "-" : ""}${column}`;
}

export function citeView(
  { suite, aggregate, question, position }: BoardAnswer,
  asOf: Date,
  siteUrl: string,
): string {
  const sort = sortOf(question.orderBy);
  const query = {
    aggregate: aggregate.toLowerCase().replace("_", "-"),
    ...filterParameters(question.filter),
    ...(sort !== null && { sort }),
    ...(question.among === "ALL" && { among: "all" }),
    ...(question.readouts && { readout: question.readouts.toLowerCase() }),
  };
  return citeAnswer({
    key: suite.slug,
    title: `${suite.title}: leaderboard`,
    url: `${siteUrl}${pinnedAddress(`/suites/${encodeURI(suite.slug)}`, query, asOf)}`,
    asOf,
    note: `ranked by ${AGGREGATE_NAMES[aggregate]}, ledger position ${position}`,
  });
}
