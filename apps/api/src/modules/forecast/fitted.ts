/** The fitted model of all results, once a ledger position: computed in a thread, waited for no longer than a request may take. */
import type { Bounds, ForecastAnswer } from "@transferboard/eval-core/record";
import type { Context } from "../../context.ts";
import { withinRequest } from "../../statistics/within.ts";
import type { Measure, Method } from "../catalogue/entities.ts";
import { openSource } from "../ledger/source.ts";

export interface Fitted extends ForecastAnswer {
  readonly methods: readonly Method[];
  /** Of metrics with a lower bound: others have no scale to forecast on. */
  readonly measures: readonly Measure[];
  readonly bounds: readonly Bounds[];
  /** [method, measure] in the metrics' units; NaN where there is none. */
  readonly values: Float64Array;
}

/** A model with more factors than methods says nothing. */
const FEWEST_METHODS = 4;
const IMAGENET = "imagenet/imagenet/top1";

/** @throws CallerError UNAVAILABLE while it is still being computed: another ask finds it further */
export async function fittedModel(context: Context): Promise<Fitted | null> {
  const snapshot = await context.snapshot();
  const { catalogue } = snapshot;
  const make = async (): Promise<Fitted | null> => {
    const measures = catalogue.measures.filter(({ metric }) => metric.lower !== null);
    const methods = catalogue.methods.filter(({ family }) => family !== "CONTROL");
    if (methods.length < FEWEST_METHODS || measures.length < 2) return null;
    const { columns } = await openSource(context.ledger, snapshot, { measures });
    const values = new Float64Array(methods.length * measures.length).fill(Number.NaN);
    for (const [j, { id }] of measures.entries()) {
      const column = columns.get(id);
      for (const [i, method] of methods.entries())
        values[i * measures.length + j] = column?.[method.id] ?? Number.NaN;
    }
    const bounds = measures.map(({ metric }) => ({ lower: metric.lower!, upper: metric.upper }));
    const imagenet = measures.findIndex(({ slug }) => slug === IMAGENET);
    const answer = await context.statistics.compute("forecast", {
      table: { rows: methods.length, columns: measures.length, data: values },
      bounds,
      imagenet: imagenet < 0 ? null : imagenet,
    });
    return { ...answer, methods, measures, bounds, values };
  };
  const fitting = context.ledger.memoize(snapshot, "forecast", make, (made) =>
    made === null ? 1 : 60 * made.values.length,
  );
  return withinRequest(
    fitting,
    "The model of all results is being fitted to the newest values. Ask again in a minute.",
  );
}
