/** A question as a BibTeX entry: the address that gives the same answer again, with its moment. */
import { citeAnswer } from "../../citation.ts";
import type { BoardAnswer } from "../leaderboard/service.ts";

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
