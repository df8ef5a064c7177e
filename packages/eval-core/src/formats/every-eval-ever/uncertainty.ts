/** What Every Eval Ever tells of a score's uncertainty: an interval of ours only at 95%. */
import type { JsonObject } from "../shared/format.ts";
import { given, type Sheet } from "../shared/sheet.ts";
import { type Fields, fieldsOf, isObject, otherFields, plain } from "../shared/tree.ts";

export interface Uncertainty {
  readonly interval: readonly [number, number] | null;
  readonly n: number | null;
  readonly extra: JsonObject;
}

export function readUncertainty(
  uncertainty: Fields,
  score: number,
  scale: (value: number) => number,
  place: string,
  sheet: Sheet,
): Uncertainty {
  const { confidence_interval: told, standard_error: error, standard_deviation: deviation } = uncertainty;
  const { lower, upper, confidence_level: level, method } = fieldsOf(told);
  let interval: [number, number] | null = null;
  let kept: unknown;
  if (isObject(told)) {
    const isInterval = typeof lower === "number" && typeof upper === "number" && level === 0.95;
    if (!isInterval) kept = plain(told);
    else if (score < lower || score > upper) {
      const message = `The interval from ${lower} to ${upper} does not hold the score ${score}.`;
      sheet.fault(`${place}/confidence_interval`, "interval-without-value", message);
    } else interval = [scale(lower), scale(upper)];
  }
  const { num_samples: samples } = uncertainty;
  if (samples !== undefined && samples !== null && !Number.isInteger(samples)) {
    sheet.fault(
      `${place}/num_samples`,
      "not-an-integer",
      `${JSON.stringify(plain(samples))} is not a whole number.`,
    );
  }
  const scaled = (value: unknown) =>
    typeof value === "number" && Number.isFinite(value) ? scale(value) : undefined;
  return {
    interval,
    n: Number.isInteger(samples) ? (samples as number) : null,
    extra: given({
      intervalMethod: interval ? method : undefined,
      confidenceInterval: kept,
      standardError: isObject(error) ? scaled(error.value) : scaled(error),
      standardErrorMethod: fieldsOf(error).method,
      standardDeviation: scaled(deviation),
      bootstrapSamples: uncertainty.num_bootstrap_samples,
      ...otherFields(uncertainty, [
        ...[
          "confidence_interval",
          "standard_error",
          "standard_deviation",
          "num_bootstrap_samples",
          "num_samples",
        ],
      ]),
    }),
  };
}
