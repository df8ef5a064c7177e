/** A correlation over methods: who is in, who is left out and why, and what eval-core says of the rest. */
import { type Coefficient, correlate, type Correlation as Statistic } from "@transferboard/eval-core/stats";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Method } from "../catalogue/entities.ts";
import type { ValueOf } from "../ledger/columns.ts";
import { readVariable, type Variable } from "./variable.ts";

export interface Point {
  readonly method: Method;
  readonly x: number;
  readonly y: number;
  readonly rawX: number;
  readonly rawY: number;
  /** Whether its values are under the usual protocol of each measure. */
  readonly comparable: boolean;
}

export interface Excluded {
  readonly method: Method;
  readonly reason: string;
}

export interface Paired {
  readonly points: readonly Point[];
  /** Methods with a value in either variable that could not be placed. */
  readonly excluded: readonly Excluded[];
}

export interface PairInput {
  readonly catalogue: Catalogue;
  readonly x: Variable;
  readonly y: Variable;
  readonly shown: ValueOf;
  /** Whether the value of a method in a measure is under the protocol that most have there. */
  readonly usual: (measureId: number, methodId: number) => boolean;
  readonly keep: (method: Method) => boolean;
  /** Control rows, such as an untrained network, are no pretraining methods: in only where they are asked for. */
  readonly controls: boolean;
}

const isAbsent = (variable: Variable, method: Method, shown: ValueOf) =>
  variable.covariate
    ? variable.covariate.read(method) === null
    : variable.measures.every(({ id }) => shown(id, method.id) === undefined);

/** Places every method that has both; methods with neither are not part of the question. */
export function pair({ catalogue, x, y, shown, usual, keep, controls }: PairInput): Paired {
  const points: Point[] = [];
  const excluded: Excluded[] = [];
  for (const method of catalogue.methodsByName) {
    if (!keep(method)) continue;
    if (isAbsent(x, method, shown) && isAbsent(y, method, shown)) continue;
    if (method.family === "CONTROL" && !controls) {
      excluded.push({ method, reason: "A control row; the filter's family CONTROL lets it in." });
      continue;
    }
    const onX = readVariable(x, method, shown);
    const onY = readVariable(y, method, shown);
    if (onX.value === null || onY.value === null) {
      const reasons = [onX, onY].flatMap((reading) => (reading.value === null ? [reading.reason] : []));
      excluded.push({ method, reason: [...new Set(reasons)].join(" ") });
      continue;
    }
    const comparable = [...x.measures, ...y.measures].every(({ id }) => usual(id, method.id));
    points.push({ method, x: onX.value, y: onY.value, rawX: onX.raw, rawY: onY.raw, comparable });
  }
  return { points, excluded };
}

const UNDEFINED = { coefficient: null, pValue: null, interval: null, regression: null };

/** The statistic of the points; null with a reason where a variable means nothing or too few are left. */
export function statisticOf(
  points: readonly Point[],
  x: Variable,
  y: Variable,
  coefficient: Coefficient,
): Statistic {
  const mixed = [x, y].find(({ unit }) => unit === "mixed");
  if (mixed) {
    const reason = `The ranked measures of '${mixed.slug}' have different units, so their mean says nothing: choose one of them.`;
    return { n: points.length, ...UNDEFINED, reason };
  }
  return correlate({ x: points.map((point) => point.x), y: points.map((point) => point.y), coefficient });
}
