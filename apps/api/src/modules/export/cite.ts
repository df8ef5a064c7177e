/** A question as a BibTeX entry: the address that gives the same answer again, with its moment. */
import { citeAnswer } from "../../citation.ts";
import type { BoardAnswer } from "../leaderboard/service.ts";

/** The address of the same answer, of that moment. `query` as it was asked. */
export function pinnedAddress(path: string, query: object, asOf: Date): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, string | string[]][]) {
    if (name !== "asOf") for (const one of [value].flat()) parameters.append(name, one);
  }
  parameters.append("asOf", asOf.toISOString());
  // What people paste into papers: signs that an address may hold stay as they are.
  return `${path}?${String(parameters).replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",")}`;
}

export interface Cited {
  readonly url: string;
  readonly asOf: Date;
  readonly position: string;
}

export const citeBoard = ({ suite, aggregate }: BoardAnswer, { url, asOf, position }: Cited): string =>
  `${citeAnswer({
    key: suite.slug,
    title: `${suite.title}: leaderboard`,
    url,
    asOf,
    note: `ranked by ${AGGREGATE_NAMES[aggregate]}, ledger position ${position}`,
  })}\n`;

export const citeResults = ({ url, asOf, position }: Cited): string =>
  `${citeAnswer({ key: "results", title: "Results of the ledger", url, asOf, note: `ledger position ${position}` })}\n`;

export const AGGREGATE_NAMES = {
  MEAN: "mean",
  MEAN_LOGIT: "mean logit",
  MEAN_RANK: "mean rank",
  BORDA: "Borda count",
} as const;
