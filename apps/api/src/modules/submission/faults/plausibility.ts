/**
 * Numbers of a submission that cannot be, or hardly: held against each other, against counting, and against what the
 * values of all other methods foretell. eval-core says what is wrong; this brings it the ledger and the catalogue.
 */
import {
  checkPlausibility,
  type Facts,
  type PlausibilityCode,
  type PlausibilityFinding,
  PlausibilityLedger,
  PUBLISHED_FACTS,
} from "@transferboard/eval-core/record";
import type { Context } from "../../../context.ts";
import type { Catalogue } from "../../catalogue/catalogue.ts";
import type { Measure } from "../../catalogue/entities.ts";
import { openSource } from "../../ledger/source.ts";
import { measureToBe } from "../new-measure.ts";
import type { Parts, ReadValue } from "../parts.ts";
import { type Draft, type Fault, fault, type Path } from "./fault.ts";

/** Said already where a single value is read, in words of the format. */
const SAID_BEFORE: ReadonlySet<PlausibilityCode> = new Set([
  "BOUND",
  "FRACTION",
  "INTERVAL_ORDER",
  "INTERVAL_VALUE",
]);

/** A metric without a lower bound has no scale on which values are foretold. */
const isBounded = ({ metric }: Measure): boolean => metric.lower !== null;

function factsOf(catalogue: Catalogue): Facts {
  return {
    bounds(slug) {
      const { metric } = measureToBe(slug, catalogue)!;
      return { lower: metric.lower!, upper: metric.upper };
    },
    testSize: (slug) => catalogue.findDataset(slug)?.testSize ?? undefined,
    classes: (slug) => catalogue.findDataset(slug)?.classCount ?? undefined,
    classSizes: PUBLISHED_FACTS.classSizes,
  };
}

/** The values of all methods but one; control rows, such as an untrained network, foretell nothing of a method. */
export async function plausibilityLedger(method: string, context: Context): Promise<PlausibilityLedger> {
  const snapshot = await context.snapshot();
  const { catalogue } = snapshot;
  const make = async () => {
    const measures = catalogue.measures.filter(isBounded);
    const { columns } = await openSource(context.ledger, snapshot, { measures });
    const methods = catalogue.methods.filter(({ slug, family }) => slug !== method && family !== "CONTROL");
    const rows = methods.map(({ id }) =>
      measures.map((measure) => {
        const value = columns.get(measure.id)?.[id];
        return value === undefined || Number.isNaN(value) ? null : value;
      }),
    );
    const slugs = measures.map(({ slug }) => slug);
    return PlausibilityLedger.of(
      methods.map(({ slug }) => slug),
      slugs,
      rows,
      factsOf(catalogue).bounds,
    );
  };
  // A new method has no values there: one ledger serves all of them.
  const key = `plausibility|${catalogue.findMethod(method) ? method : ""}`;
  return context.ledger.memoize(snapshot, key, make, (made) => 60 * made.values.data.length);
}

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
  const known = values.filter(({ measure, value }) => {
    const found = measureToBe(measure, catalogue);
    return value !== undefined && found !== undefined && isBounded(found);
  });
  if (method === undefined || known.length === 0) return [];
  const ledger = await plausibilityLedger(method.slug, context);
  const offer = { method: method.slug, values: known.map(offeredOf) };
  return checkPlausibility(offer, ledger, factsOf(catalogue))
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
