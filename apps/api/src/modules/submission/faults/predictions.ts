/** Values that name predictions are held against them: a value that its own predictions do not give is refused. */
import { imageMetricOf, tolerated, valueOfPredictions } from "@transferboard/eval-core/record";
import type { Context } from "../../../context.ts";
import type { Parts, ReadValue } from "../parts.ts";
import { type Draft, type Fault, fault } from "./fault.ts";

export async function predictionFaults(
  { values }: Parts,
  placeOf: Draft["placeOf"],
  context: Pick<Context, "predictions">,
): Promise<Fault[]> {
  const found: Fault[] = [];
  for (const one of values) {
    if (one.predictions === undefined || one.value === undefined) continue;
    const wrong = await complaintOf(one, one.predictions, one.value, context);
    if (wrong) found.push(fault(placeOf(["values", one.at, wrong.field]), wrong.message, wrong.more));
  }
  return found;
}

interface Complaint {
  readonly field: "predictions" | "value";
  readonly message: string;
  readonly more: Partial<Fault>;
}

async function complaintOf(
  { measure }: ReadValue,
  sha256: string,
  value: number,
  { predictions: store }: Pick<Context, "predictions">,
): Promise<Complaint | undefined> {
  const about = (message: string, expected: string): Complaint => ({
    field: "predictions",
    message,
    more: { code: "PREDICTIONS", expected },
  });
  const file = await store.predictions(sha256);
  const testSet = file && (await store.testSet(file.testSet));
  if (!file || !testSet)
    return about(`No predictions ${sha256} are kept here.`, "the sha256 that POST /predictions answered");
  if (!file.measures.includes(measure))
    return about(`The predictions are of ${file.measures.join(", ")}.`, `predictions of ${measure}`);
  const metric = imageMetricOf(measure);
  const given = metric && valueOfPredictions(metric, file.predictions, testSet);
  if (metric === undefined || given === undefined)
    return about(`The predictions give no value of ${measure}.`, "a metric of this kind of predictions");
  if (Math.abs(given - value) <= tolerated(value, metric)) return undefined;
  return {
    field: "value",
    message: `The value is ${value}, and its own predictions give ${given} on ${testSet.items.length} images.`,
    more: { code: "PREDICTIONS", expected: "the value that its predictions give, rounded at most" },
  };
}
