/**
 * Numbers of a submission that cannot be, or hardly: held against each other, against counting, and against what the
 * values of all other methods predict. eval-core says what is wrong; this brings it the ledger and the catalogue.
 */
import {
  checkPlausibility,
  factsOf,
  type PlausibilityCode,
  type PlausibilityFinding,
} from "@transferboard/eval-core/record";
import type { Context } from "../../../context.ts";
import { type Draft, type Fault, fault, type Path } from "../faults/fault.ts";
import { measureToBe } from "../new-measure.ts";
import type { Parts, ReadValue } from "../parts.ts";
import { isBounded, knownFacts, plausibilityLedger } from "./ledger.ts";

/** Said already where a single value is read, in words of the format. */
const SAID_BEFORE: ReadonlySet<PlausibilityCode> = new Set([
  "BOUND",
  "FRACTION",
  "INTERVAL_ORDER",
  "INTERVAL_VALUE",
]);

/** What is read of a value, as the checks want it. */
const offeredOf = (value: ReadValue) => ({
  measure: value.measure,
  value: value.value!,
  interval: value.interval ?? null,
  sampleSize: value.sampleSize ?? null,
  seeds: value.seeds ?? null,
  protocol: value.under,
});

export async function plausibilityFaults(
  { method, values }: Parts,
  placeOf: Draft["placeOf"],
  context: Context,
): Promise<Fault[]> {
  const { catalogue } = await context.snapshot();
  const slugs = [...new Set(values.map(({ measure }) => measure))];
  const measures = slugs.flatMap((slug) => measureToBe(slug, catalogue) ?? []).filter(isBounded);
  const facts = knownFacts(measures, catalogue);
  const known = values.filter(
    ({ measure, value }) => value !== undefined && Object.hasOwn(facts.bounds, measure),
  );
  if (method === undefined || known.length === 0) return [];
  const ledger = await plausibilityLedger(method.slug, context);
  const offer = { method: method.slug, values: known.map(offeredOf) };
  return checkPlausibility(offer, ledger, factsOf(facts))
    .filter(({ code }) => !SAID_BEFORE.has(code))
    .map(({ code, severity, place, message }) =>
      fault(placeOf(pathOf(place, known)), message, { severity, code }),
    );
}

/** A pointer into the values that were checked, as a path into the submission. */
function pathOf(place: PlausibilityFinding["place"], known: readonly ReadValue[]): Path {
  const [, values = "values", index, field] = place.split("/");
  return index === undefined ? [values] : [values, known[Number(index)]!.at, field!];
}
