/**
 * What offered values are held against: the values that boards show, and a model of them that knows nothing of the methods
 * that are offered. Both are made once a position of the ledger.
 */
import {
  type Bounds,
  type DatasetFacts,
  type Forecast,
  type KnownFacts,
  ledgerTableOf,
  type Matrix,
  PlausibilityLedger,
} from "@transferboard/eval-core/record";
import type { Context } from "../../../context.ts";
import { computations, type TaskName, type Tasks } from "../../../statistics/tasks.ts";
import type { Metric } from "../../catalogue/entities.ts";
import { openSource } from "../../ledger/source.ts";

/** A metric without a lower bound has no scale on which values are predicted. */
export const isBounded = ({ metric }: { readonly metric: Pick<Metric, "lower"> }): boolean =>
  metric.lower !== null;

/** What is known of the datasets, and of the measures that are asked about. */
export const knownFacts = (
  measures: Parameters<typeof ledgerTableOf>[1],
  { datasets }: { readonly datasets: readonly DatasetFacts[] },
): KnownFacts => ledgerTableOf([], measures, datasets);

export interface Known {
  readonly methods: readonly string[];
  readonly measures: readonly string[];
  /** [method, measure] in the metrics' units, NaN where there is none. */
  readonly values: Matrix;
  /** Of each measure. */
  readonly bounds: readonly Bounds[];
  /** Of a method by its slug; undefined where it has no row. */
  readonly rowOf: ReadonlyMap<string, number>;
}

/** Control rows, such as an untrained network, predict nothing of a method. */
export async function knownValues(context: Context): Promise<Known> {
  const snapshot = await context.snapshot();
  const { catalogue } = snapshot;
  const make = async (): Promise<Known> => {
    const measures = catalogue.measures.filter(isBounded);
    const { columns } = await openSource(context.ledger, snapshot, { measures });
    const methods = catalogue.methods.filter(({ family }) => family !== "CONTROL");
    const data = new Float64Array(methods.length * measures.length).fill(Number.NaN);
    for (const [j, { id }] of measures.entries()) {
      const column = columns.get(id);
      for (const [i, method] of methods.entries()) {
        data[i * measures.length + j] = column?.[method.id] ?? Number.NaN;
      }
    }
    return {
      methods: methods.map(({ slug }) => slug),
      measures: measures.map(({ slug }) => slug),
      values: { rows: methods.length, columns: measures.length, data },
      bounds: measures.map(({ metric: { lower, upper } }) => ({ lower: lower!, upper })),
      rowOf: new Map(methods.map(({ slug }, i) => [slug, i])),
    };
  };
  return context.ledger.memoize(snapshot, "plausible values", make, ({ values }) => values.data.length);
}

/** Cells of a table whose model takes milliseconds: a thread would take longer to ask. */
const FEW_CELLS = 20_000;

/** In a thread where it is heavy. */
export const computeWhere = <Name extends TaskName>(
  isHeavy: boolean,
  name: Name,
  given: Tasks[Name]["given"],
  { statistics }: Pick<Context, "statistics">,
): Promise<Tasks[Name]["found"]> =>
  isHeavy
    ? statistics.compute(name, given)
    : Promise.resolve((computations[name] as (given: Tasks[Name]["given"]) => Tasks[Name]["found"])(given));

/** The model of all values but those of some rows. */
export async function fitWithout(rows: readonly number[], known: Known, context: Context): Promise<Forecast> {
  const snapshot = await context.snapshot();
  const { bounds, values } = known;
  const make = () => {
    const left = without(values, new Set(rows));
    return computeWhere(left.data.length > FEW_CELLS, "fit", { values: left, bounds }, context);
  };
  return context.ledger.memoize(
    snapshot,
    `plausible fit|${rows.join(",")}`,
    make,
    (fit) => 3 * fit.means.length,
  );
}

function without({ rows, columns, data }: Matrix, out: ReadonlySet<number>): Matrix {
  const left = Array.from({ length: rows }, (_, i) => i).filter((i) => !out.has(i));
  const kept = new Float64Array(left.length * columns);
  for (const [at, i] of left.entries()) kept.set(data.subarray(i * columns, (i + 1) * columns), at * columns);
  return { rows: left.length, columns, data: kept };
}

/** The values of all methods but one. */
export async function plausibilityLedger(method: string, context: Context): Promise<PlausibilityLedger> {
  const known = await knownValues(context);
  const row = known.rowOf.get(method) ?? -1;
  const fit = await fitWithout(row < 0 ? [] : [row], known, context);
  return new PlausibilityLedger(known.methods, known.measures, known.values, fit, row);
}
