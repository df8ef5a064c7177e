/** Answers for correlations. Two statements at most, however many methods. */
import type { Coefficient, Correlation as Statistic } from "@transferboard/eval-core/stats";
import type { Context } from "../../context.ts";
import { BadInput } from "../../errors.ts";
import type { Snapshot } from "../catalogue/load.ts";
import { type BoardFilter, inDomains } from "../leaderboard/service.ts";
import { type ValueOf, valueIn } from "../ledger/columns.ts";
import { openSource } from "../ledger/source.ts";
import { usualProtocols } from "../ledger/usual.ts";
import { methodTest } from "../method/filter.ts";
import { type Paired, pair, statisticOf } from "./correlate.ts";
import { COVARIATES, type CovariateName } from "./covariate.ts";
import { makeVariable, type Transform, type Variable, type VariableChoice } from "./variable.ts";

export interface VariableInput {
  readonly measure?: string | null | undefined;
  readonly suite?: string | null | undefined;
  readonly pretraining?: CovariateName | null | undefined;
}

export interface Options {
  readonly transform: Transform;
  readonly coefficient: Coefficient;
  readonly orient: boolean;
  readonly filter?: BoardFilter | null | undefined;
  readonly asOf?: Date | null | undefined;
}

export interface CorrelationAnswer extends Paired {
  readonly x: Variable;
  readonly y: Variable;
  readonly options: Options;
  readonly statistic: Statistic;
  readonly position: string;
  readonly shown: ValueOf;
}

/** What is behind a variable: a suite stands for those that its aggregate is made of. */
export function chooseVariable(
  input: VariableInput,
  snapshot: Snapshot,
  filter?: BoardFilter | null,
): VariableChoice {
  const { catalogue } = snapshot;
  if (input.pretraining != null) {
    const covariate = COVARIATES[input.pretraining];
    return { slug: input.pretraining, title: covariate.title, measures: [], covariate };
  }
  if (input.measure != null) {
    const measure = catalogue.measure(input.measure);
    return { slug: measure.slug, title: measure.title, measures: [measure] };
  }
  const suite = catalogue.suite(input.suite ?? "");
  const measures = inDomains(suite.rankedBy, filter?.domain, snapshot);
  if (measures.length === 0) {
    throw new BadInput(`The suite '${suite.slug}' has no ranked measure on a dataset of these domains.`);
  }
  return { slug: suite.slug, title: suite.title, measures };
}

export async function answerCorrelation(
  inputs: { readonly x: VariableInput; readonly y: VariableInput; readonly also?: VariableInput | null },
  options: Options,
  context: Context,
): Promise<CorrelationAnswer> {
  const snapshot = await context.snapshot();
  const { catalogue, position } = snapshot;
  const { filter, transform, orient } = options;
  const [x, y, also] = [inputs.x, inputs.y, inputs.also].map((input) =>
    input ? makeVariable(chooseVariable(input, snapshot, filter), transform, orient) : null,
  );
  const variables = [x, y, also].filter((variable) => variable != null);
  const measures = [...new Set(variables.flatMap((variable) => variable.measures))];
  const keep = methodTest(filter, catalogue);
  const source = await openSource(context.ledger, snapshot, { measures, filter, asOf: options.asOf });
  const shown = valueIn(source.columns);
  const usual = usualProtocols(await source.protocols());
  const controls = filter?.family?.includes("CONTROL") ?? false;
  const paired = pair({ catalogue, x: x!, y: y!, shown, usual, keep, controls });
  const statistic = statisticOf(paired.points, x!, y!, options.coefficient);
  return { ...paired, x: x!, y: y!, options, statistic, position, shown };
}
