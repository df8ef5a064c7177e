/** What a reader may ask beside the coefficient: a bootstrap interval, each family left out, a third variable held fixed. */
import {
  type Coefficient,
  correlate,
  type Interval,
  partialCorrelation,
} from "@transferboard/eval-core/stats";
import type { Context } from "../../context.ts";
import { FAMILIES, type Family } from "../catalogue/entities.ts";
import type { ValueOf } from "../ledger/columns.ts";
import type { Point } from "./correlate.ts";
import type { CorrelationAnswer } from "./service.ts";
import { readVariable, type Variable } from "./variable.ts";

/** The same question gives the same interval. */
const BOOTSTRAP_SEED = 20113377;
/** So many that another seed moves an end by less than 0.01. */
export const RESAMPLES = 10_000;
/** Above this many methods a resample costs more than it tells: the interval is then narrow by any method. */
const MAX_BOOTSTRAP_METHODS = 500;

const columnX = (points: readonly Point[]) => points.map(({ x }) => x);
const columnY = (points: readonly Point[]) => points.map(({ y }) => y);

/** Percentiles corrected for bias and acceleration, over resampled methods; computed in a thread. */
export async function bootstrapOf(
  points: readonly Point[],
  coefficient: Coefficient,
  { statistics, signal }: Pick<Context, "statistics" | "signal">,
): Promise<Interval | null> {
  if (points.length > MAX_BOOTSTRAP_METHODS) return null;
  const [x, y] = [columnX(points), columnY(points)];
  const given = { x, y, coefficient, resamples: RESAMPLES, seed: BOOTSTRAP_SEED };
  return statistics.compute("coefficient", given, signal);
}

export interface FamilyLeftOut {
  readonly family: Family;
  readonly n: number;
  readonly coefficient: number | null;
  readonly reason: string | null;
}

export function withoutEachFamily(points: readonly Point[], coefficient: Coefficient): FamilyLeftOut[] {
  return FAMILIES.filter((family) => points.some(({ method }) => method.family === family)).map((family) => {
    const rest = points.filter(({ method }) => method.family !== family);
    const result = correlate({ x: columnX(rest), y: columnY(rest), coefficient });
    return { family, n: result.n, coefficient: result.coefficient, reason: result.reason ?? null };
  });
}

/** An answer with what was asked beside the coefficient. */
export interface CorrelationShape extends CorrelationAnswer {
  readonly intervalMethod: "FISHER" | "BOOTSTRAP";
  /** What is held fixed. */
  readonly given: Variable | null;
}

export interface Partial {
  readonly given: string;
  readonly n: number;
  readonly coefficient: number | null;
  readonly pValue: number | null;
  readonly reason: string | null;
}

/** Over the methods that have a value in all three. */
export function partialOf(
  points: readonly Point[],
  given: Variable,
  shown: ValueOf,
  coefficient: Coefficient,
): Partial {
  const known = points.flatMap((point) => {
    const { value } = readVariable(given, point.method, shown);
    return value === null ? [] : [{ point, value }];
  });
  const shared = known.map(({ point }) => point);
  const result = partialCorrelation({
    x: columnX(shared),
    y: columnY(shared),
    given: known.map(({ value }) => value),
    coefficient,
  });
  const { n, pValue, reason } = result;
  return { given: given.slug, n, coefficient: result.coefficient, pValue, reason: reason ?? null };
}
