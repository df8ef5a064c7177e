/**
 * The checks over a table of many methods that are offered at once: each one's values as if they were a submission of its
 * own, and cells that one method of the table has from another.
 */
import { type Forecast, forecastTable } from "../forecast/forecast.ts";
import type { Matrix } from "../forecast/scale.ts";
import { checkPlausibility } from "./check.ts";
import { checkCopies } from "./copies.ts";
import { factsOf, type KnownFacts } from "./facts.ts";
import { findingList, type PlausibilityCode } from "./finding.ts";
import type { OfferedValue } from "./input.ts";
import { PlausibilityLedger } from "./ledger.ts";

export interface OfferedMethod {
  readonly slug: string;
  readonly values: readonly OfferedValue[];
  /** Which of the fits knows nothing of this method. */
  readonly fit: number;
  /** Its row in the ledger; -1 where it is new. */
  readonly row: number;
}

/** Plain data, so that a thread can be asked. */
export interface OfferedTable {
  readonly ledger: {
    readonly methods: readonly string[];
    readonly measures: readonly string[];
    /** [method, measure], NaN where there is none. */
    readonly values: Matrix;
    readonly fits: readonly Forecast[];
  };
  /** Of every measure that is offered or in the ledger. */
  readonly facts: KnownFacts;
  readonly offers: readonly OfferedMethod[];
}

export interface TableFinding {
  /** Index of the offered method. */
  readonly offer: number;
  /** Index of its value; null for all of them together. */
  readonly value: number | null;
  readonly code: PlausibilityCode;
  readonly severity: "ERROR" | "WARNING";
  readonly message: string;
}

const indexIn = (place: string): number | null => {
  const at = /^\/values\/(\d+)\//.exec(place)?.[1];
  return at === undefined ? null : Number(at);
};

export function tableFindings({ ledger, facts: known, offers }: OfferedTable): TableFinding[] {
  const { methods, measures, values, fits } = ledger;
  const facts = factsOf(known);
  /** Of methods that are new. */
  const whole = fits.map((fit) => new PlausibilityLedger(methods, measures, values, fit));
  const table = tableOf(offers);
  return offers.flatMap(({ slug, values: own, fit, row }, offer) => {
    const against =
      row < 0 ? whole[fit]! : new PlausibilityLedger(methods, measures, values, fits[fit]!, row);
    const { findings, say } = findingList();
    checkCopies(slug, own, table, say, { among: offer, level: 1e-6 / Math.max(1, offer) });
    return [...checkPlausibility({ method: slug, values: own }, against, facts), ...findings].map(
      ({ code, severity, place, message }) => ({ offer, value: indexIn(place), code, severity, message }),
    );
  });
}

/** The table itself: to look for copies in, so nothing is forecast. */
function tableOf(offers: readonly OfferedMethod[]): PlausibilityLedger {
  const measures = [...new Set(offers.flatMap(({ values }) => values.map(({ measure }) => measure)))];
  const place = new Map(measures.map((measure, j) => [measure, j]));
  const data = new Float64Array(offers.length * measures.length).fill(Number.NaN);
  for (const [i, { values }] of offers.entries())
    for (const { measure, value } of values) data[i * measures.length + place.get(measure)!] = value;
  const matrix = { rows: offers.length, columns: measures.length, data };
  const nothing = forecastTable({ rows: 0, columns: 0, data: new Float64Array() });
  const slugs = offers.map(({ slug }) => slug);
  return new PlausibilityLedger(slugs, measures, matrix, nothing);
}
