/**
 * A variable of a correlation, one number a method: a measure, how it was pretrained (covariate.ts), or the mean over a suite's ranked measures after the
 * transform (detection by AP50, surface normals by mean error, the many-shot and few-shot suites by all of theirs).
 */
import { mean } from "@transferboard/eval-core/stats";
import type { Direction, Measure, Method, Metric } from "../catalogue/entities.ts";
import type { Columns, ValueOf } from "../ledger/columns.ts";
import { commonDirection, commonUnit, isShare, type Scaled, toLogit } from "../measure/scale.ts";
import type { Covariate } from "./covariate.ts";

export const TRANSFORMS = ["LOGIT", "NONE"] as const;
export type Transform = (typeof TRANSFORMS)[number];

export interface Variable {
  readonly slug: string;
  readonly title: string;
  readonly measures: readonly Measure[];
  /** `logit`, the metrics' unit, or `mixed`. */
  readonly unit: string;
  /** Which raw values are better. */
  readonly direction: Direction;
  readonly negated: boolean;
  readonly transform: Transform;
  readonly orient: boolean;
  /** How methods were pretrained, in place of measures. */
  readonly covariate?: Covariate | undefined;
}

export interface VariableChoice {
  readonly slug: string;
  readonly title: string;
  readonly measures: readonly Measure[];
  readonly covariate?: Covariate | undefined;
}

export function makeVariable(choice: VariableChoice, transform: Transform, orient: boolean): Variable {
  const { slug, title, measures, covariate } = choice;
  if (covariate)
    return {
      slug,
      title,
      measures,
      unit: covariate.unit,
      direction: "NEITHER",
      negated: false,
      transform,
      orient,
      covariate,
    };
  const logits = transform === "LOGIT" && measures.every(({ metric }) => isShare(metric));
  const noLogits = transform === "NONE" || !measures.some(({ metric }) => isShare(metric));
  const unit = logits ? "logit" : noLogits ? (commonUnit(measures) ?? "mixed") : "mixed";
  const lowerIsBetter = measures.some(({ metric }) => metric.direction === "LOWER");
  return {
    slug,
    title,
    measures,
    unit,
    direction: commonDirection(measures),
    negated: orient && lowerIsBetter,
    transform,
    orient,
  };
}

export type Reading =
  | { readonly value: number; readonly raw: number; readonly missing?: never }
  | { readonly value: null; readonly reason: string; readonly missing: number };

function scale(value: number, metric: Metric, { transform, orient }: Variable): Scaled {
  const scaled = transform === "LOGIT" ? toLogit(value, metric) : { value };
  if (scaled.value === null || !orient || metric.direction !== "LOWER") return scaled;
  return { value: -scaled.value };
}

/** The method's number in this variable, or why it has none. */
export function readVariable(variable: Variable, method: Method, shown: ValueOf): Reading {
  if (variable.covariate) {
    const value = variable.covariate.read(method);
    if (value === null) return { value: null, reason: `${variable.title} is not stated.`, missing: 1 };
    return { value, raw: value };
  }
  const values: number[] = [];
  const raw: number[] = [];
  const absent: string[] = [];
  for (const { id, slug, metric } of variable.measures) {
    const value = shown(id, method.id);
    if (value === undefined) {
      absent.push(slug);
      continue;
    }
    const scaled = scale(value, metric, variable);
    if (scaled.value === null) {
      return { value: null, reason: `${slug}: ${scaled.reason}`, missing: 0 };
    }
    values.push(scaled.value);
    raw.push(value);
  }
  if (absent.length > 0) {
    const shown = absent.slice(0, 3).join(", ");
    const more = absent.length > 3 ? ` and ${absent.length - 3} more` : "";
    return { value: null, reason: `No value in ${shown}${more}.`, missing: absent.length };
  }
  return { value: mean(values), raw: mean(raw) };
}

/** The same numbers of many methods at once: NaN where `readVariable` says why there is none. */
export function readNumbers(variable: Variable, methods: readonly Method[], columns: Columns): Float64Array {
  const { covariate } = variable;
  if (covariate) return Float64Array.from(methods, (method) => covariate.read(method) ?? Number.NaN);
  const parts = variable.measures.map(({ id, metric }) => ({ column: columns.get(id), metric }));
  const values = new Float64Array(parts.length);
  const numbers = new Float64Array(methods.length).fill(Number.NaN);
  if (parts.length === 0) return numbers;
  nextMethod: for (const [i, { id }] of methods.entries()) {
    for (const [j, { column, metric }] of parts.entries()) {
      const value = column?.[id] ?? Number.NaN;
      const scaled = Number.isNaN(value) ? null : scale(value, metric, variable).value;
      if (scaled === null) continue nextMethod;
      values[j] = scaled;
    }
    numbers[i] = mean(values);
  }
  return numbers;
}
