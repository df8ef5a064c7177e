/**
 * The checks over a whole ledger: each method's values against all others'. What is an error within a submission may be a
 * warning here, for two submissions may have protocols that differ unseen.
 */
import type { Forecast } from "../forecast/forecast.ts";
import type { Matrix } from "../forecast/scale.ts";
import { checkPlausibility } from "./check.ts";
import { factsOf, type KnownFacts } from "./facts.ts";
import { PLAUSIBILITY_CODES, type PlausibilityCode } from "./finding.ts";
import type { Facts, OfferedValue } from "./input.ts";
import { fitOf, PlausibilityLedger } from "./ledger.ts";

export interface LedgerMethod {
  readonly slug: string;
  readonly values: readonly OfferedValue[];
}

/** Plain data, so that a thread can be asked. Control rows, such as an untrained network, are left out of it. */
export interface LedgerTable extends KnownFacts {
  readonly methods: readonly LedgerMethod[];
}

export interface LedgerFinding {
  readonly method: string;
  readonly code: PlausibilityCode;
  readonly severity: "ERROR" | "WARNING";
  /** The measure, or empty for all values of the method together. */
  readonly place: string;
  readonly value: number | null;
  readonly message: string;
}

/** They hold within one protocol: over the ledger the two values may be under different ones that nobody stated. */
const OF_SEVERAL_VALUES: ReadonlySet<PlausibilityCode> = new Set([
  "AP_ORDER",
  "AP_MEAN",
  "TOP_ORDER",
  "WITHIN_ORDER",
  "MEDIAN_WITHIN",
  "MEAN_WITHIN",
  "MEDIAN_MEAN",
  "IOU_PIXELS",
  "MICRO_MACRO",
  "MEAN_OF_PARTS",
  "ECE_BOUND",
]);

const severityOf = (code: PlausibilityCode) =>
  OF_SEVERAL_VALUES.has(code) ? "WARNING" : PLAUSIBILITY_CODES[code];

/** Up to so many methods the model is fitted without each by itself; beyond, without every tenth at a time. */
const MOST_SINGLE_FITS = 100;
const GROUPS = 10;

/** @param onMethod called before each method, some of which wait for a fit */
export function ledgerFindings(
  table: LedgerTable,
  onMethod?: (done: number, total: number) => void,
): LedgerFinding[] {
  const measures = Object.keys(table.bounds);
  const facts = factsOf(table);
  const methods = table.methods.filter(({ values }) => values.length > 0);
  const values = tableOf(methods, measures);
  const slugs = methods.map(({ slug }) => slug);
  const groups = methods.length <= MOST_SINGLE_FITS ? methods.length : GROUPS;
  const found: LedgerFinding[][] = [];
  let done = 0;
  for (let group = 0; group < groups; group++) {
    let fit: Forecast | undefined;
    for (let i = group; i < methods.length; i += groups) {
      onMethod?.(done++, methods.length);
      fit ??= fitOf(without(values, group, groups), measures.map(facts.bounds));
      const ledger = new PlausibilityLedger(slugs, measures, values, fit, i);
      found[i] = findingsOf(methods[i]!, ledger, facts);
    }
  }
  return found.flat();
}

function findingsOf({ slug, values }: LedgerMethod, ledger: PlausibilityLedger, facts: Facts) {
  const known = values.filter(({ measure }) => ledger.column(measure) !== undefined);
  const found = checkPlausibility({ method: slug, values: known }, ledger, facts).map(
    ({ code, place, message }): LedgerFinding => {
      const at = /^\/values\/(\d+)\//.exec(place)?.[1];
      const { measure = "", value = null } = at === undefined ? {} : known[Number(at)]!;
      return { method: slug, code, severity: severityOf(code), place: measure, value, message };
    },
  );
  // A decision is on a code at a place: copies of two methods, say, are one finding with two sentences.
  return [...Map.groupBy(found, findingKey).values()].map((same) => ({
    ...same[0]!,
    message: [...new Set(same.map(({ message }) => message))].join(" "),
  }));
}

function tableOf(methods: readonly LedgerMethod[], measures: readonly string[]): Matrix {
  const place = new Map(measures.map((measure, j) => [measure, j]));
  const data = new Float64Array(methods.length * measures.length).fill(Number.NaN);
  for (const [i, { values }] of methods.entries()) {
    for (const { measure, value } of values) {
      const j = place.get(measure);
      if (j !== undefined) data[i * measures.length + j] = value;
    }
  }
  return { rows: methods.length, columns: measures.length, data };
}

/** Every `step`-th row from `first` on taken out. */
function without({ rows, columns, data }: Matrix, first: number, step: number): Matrix {
  const left = Array.from({ length: rows }, (_, i) => i).filter((i) => i % step !== first);
  const kept = new Float64Array(left.length * columns);
  for (const [at, i] of left.entries()) kept.set(data.subarray(i * columns, (i + 1) * columns), at * columns);
  return { rows: left.length, columns, data: kept };
}

/** What tells one finding from another: the same again is not asked about twice. */
export const findingKey = ({
  method,
  code,
  place,
  value,
}: Pick<LedgerFinding, "method" | "place" | "value"> & { readonly code: string }): string =>
  JSON.stringify([method, code, place, value]);
