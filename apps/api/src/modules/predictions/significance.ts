/** Whether two methods differ on the same test images, by their stored predictions. */
import type { Significance } from "@transferboard/eval-core/record";
import type { Context } from "../../context.ts";
import { BadInput, NotFound } from "../../errors.ts";
import type { Measure, Method } from "../catalogue/entities.ts";
import { openSource } from "../ledger/source.ts";
import { type Backed, backedEntries } from "./find.ts";

export interface Compared {
  readonly a: Method;
  readonly b: Method;
  readonly measure: Measure;
  readonly testSet: string;
  readonly found: Significance;
}

export interface SignificanceQuestion {
  readonly a: string;
  readonly b: string;
  readonly measure: string;
  readonly seed?: number | null | undefined;
}

/** Of each of these methods the shown value with its predictions, where it has some. At most two statements. */
export async function shownWithPredictions(
  measures: readonly Measure[],
  methods: readonly Method[],
  context: Context,
  asOf?: Date | null,
): Promise<Backed[]> {
  const source = await openSource(context.ledger, await context.snapshot(), { measures, asOf });
  const cells = await source.cells(methods);
  const entries = measures.flatMap((measure) =>
    methods.flatMap(({ id }) => {
      const entry = cells.get(measure.id)?.get(id)?.entry;
      return entry ? [{ entry, measure }] : [];
    }),
  );
  return backedEntries(entries, context);
}

/**
 * @throws NotFound where one has no stored predictions of the measure; BadInput where the two are of other test images
 */
export async function significance(question: SignificanceQuestion, context: Context): Promise<Compared> {
  const { catalogue } = await context.snapshot();
  const [a, b] = [catalogue.method(question.a), catalogue.method(question.b)];
  const measure = catalogue.measure(question.measure);
  if (a.id === b.id) throw new BadInput("A method does not differ from itself: name two.");
  const backed = await shownWithPredictions([measure], [a, b], context);
  const [first, second] = [a, b].map((method) => {
    const own = backed.find(({ entry }) => entry.methodId === method.id);
    if (own) return own;
    throw new NotFound(
      `No predictions are stored of ${method.slug} for ${measure.slug}, or not here: nothing can be compared image by image.`,
    );
  }) as [Backed, Backed];
  if (first.file.testSet !== second.file.testSet)
    throw new BadInput(
      `${a.slug} and ${b.slug} were tested on other images of ${measure.dataset.slug} (test sets ${first.file.testSet.slice(0, 8)} and ${second.file.testSet.slice(0, 8)}): they cannot be paired.`,
    );
  const pair = [first.file.predictions, second.file.predictions] as const;
  const { metric, testSet } = first;
  const draws = { seed: question.seed ?? 0 };
  const found = await context.statistics.compute("pair", { metric, pair, testSet, draws }, context.signal);
  return { a, b, measure, testSet: first.file.testSet, found };
}
