/** What a metric's scale means: the paper's rule for which metrics get a logit, and which values are better. */
import { logitWithin } from "@transferboard/eval-core/stats";
import type { Direction, Measure, Metric } from "../catalogue/entities.ts";

/**
 * Whether a metric is bounded in 0 to 1 once a percentage is read as a share: accuracies, AP, the within-degree
 * shares, IoU, calibration error, LPIPS, attentive diffusion; not angular errors and not colour errors.
 */
export function isShare({ unit, lower, upper }: Metric): boolean {
  return lower === 0 && upper === (unit === "%" ? 100 : 1);
}

export type Scaled = { readonly value: number } | { readonly value: null; readonly reason: string };

/** The paper's transform: the logit of a share, everything else as it is. */
export function toLogit(value: number, metric: Metric): Scaled {
  return isShare(metric) ? logitWithin(value, metric.lower!, metric.upper!) : { value };
}

/** The direction that all of them share, or NEITHER. */
export function commonDirection(measures: readonly Measure[]): Direction {
  const [first, ...rest] = new Set(measures.map(({ metric }) => metric.direction));
  return first && rest.length === 0 ? first : "NEITHER";
}

/** The unit that all of them share, or null where they differ. */
export function commonUnit(measures: readonly Measure[]): string | null {
  const [first, ...rest] = new Set(measures.map(({ metric }) => metric.unit));
  return first !== undefined && rest.length === 0 ? first : null;
}
