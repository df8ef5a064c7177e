/** What a check of plausibility says of a number: a stable code, how bad it is, where, and one sentence with the numbers. */

/** ERROR: no correct evaluation gives it. WARNING: a reviewer decides, and the decision is recorded. */
export const PLAUSIBILITY_CODES = {
  BOUND: "ERROR",
  FRACTION: "WARNING",
  RADIANS: "WARNING",
  PERFECT: "WARNING",
  CHANCE: "WARNING",
  GRAIN: "WARNING",
  GRAIN_EPISODES: "WARNING",
  GRAIN_CLASSES: "WARNING",
  SIZE: "WARNING",
  INTERVAL_ORDER: "ERROR",
  INTERVAL_VALUE: "ERROR",
  INTERVAL_ZERO: "WARNING",
  INTERVAL_NARROW: "WARNING",
  INTERVAL_WIDE: "WARNING",
  INTERVAL_REPEATED: "WARNING",
  AP_ORDER: "ERROR",
  AP_MEAN: "ERROR",
  TOP_ORDER: "ERROR",
  WITHIN_ORDER: "ERROR",
  MEDIAN_WITHIN: "ERROR",
  MEAN_WITHIN: "ERROR",
  MEDIAN_MEAN: "ERROR",
  IOU_PIXELS: "ERROR",
  MICRO_MACRO: "ERROR",
  MEAN_OF_PARTS: "ERROR",
  ECE_BOUND: "ERROR",
  ECE_SCALED: "WARNING",
  SHOTS: "WARNING",
  COPY: "WARNING",
  SHIFT: "WARNING",
  REPEAT: "WARNING",
  DIGITS: "WARNING",
  SWAPPED: "WARNING",
  ERROR_RATE: "WARNING",
  OUTLIER: "WARNING",
} as const;

export type PlausibilityCode = keyof typeof PLAUSIBILITY_CODES;

export interface PlausibilityFinding {
  readonly code: PlausibilityCode;
  readonly severity: "ERROR" | "WARNING";
  /** A JSON pointer into the submission: /values/3/value, /values/3/interval, or /values for all together. */
  readonly place: string;
  readonly message: string;
}

export type Say = (
  code: PlausibilityCode,
  value: number | null,
  message: string,
  field?: "value" | "interval" | "sampleSize",
) => void;

/** Collects findings in the order in which they are said. */
export function findingList(): { readonly findings: PlausibilityFinding[]; readonly say: Say } {
  const findings: PlausibilityFinding[] = [];
  const say: Say = (code, value, message, field = "value") => {
    const place = value === null ? "/values" : `/values/${value}/${field}`;
    findings.push({ code, severity: PLAUSIBILITY_CODES[code], place, message });
  };
  return { findings, say };
}

/** A number for a sentence: at most six digits, or as many as told. */
export const shown = (value: number, digits = 6): string => String(Number(value.toPrecision(digits)));
