/** A correlation as a BibTeX entry: the site's page of it, with all that was asked. */
import type { Coefficient } from "@transferboard/eval-core/stats";
import { citeAnswer, pinnedAddress } from "../../citation.ts";
import { filterParameters } from "../method/filter-address.ts";
import type { CorrelationShape } from "./extras.ts";

const NAMES: Readonly<Record<Coefficient, string>> = {
  PEARSON: "Pearson's r",
  SPEARMAN: "Spearman's rho",
  KENDALL: "Kendall's tau-b",
};

/** The page shows all three coefficients, and each family left out, whatever was asked: those are not in its address. */
export function citeCorrelation(
  { x, y, options, intervalMethod, given, position }: CorrelationShape,
  asOf: Date,
  siteUrl: string,
): string {
  const query = {
    x: x.slug,
    y: y.slug,
    transform: options.transform,
    orient: options.orient ? "1" : "0",
    interval: intervalMethod,
    ...(given && { given: given.slug }),
    ...filterParameters(options.filter),
  };
  return citeAnswer({
    key: `${x.slug}-${y.slug}`,
    title: `Correlation of ${x.title} and ${y.title}`,
    url: `${siteUrl}${pinnedAddress("/correlation", query, asOf)}`,
    asOf,
    note: `${NAMES[options.coefficient]}, ledger position ${position}`,
  });
}
