/**
 * What predicts a measure or a suite best: every other measure and covariate, by the leave-one-out error of its line
 * over the methods that have both.
 */
import {
  type Coefficient,
  correlate,
  holm,
  type Interval,
  leaveOneOut,
  type Predictive,
} from "@transferboard/eval-core/stats";
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import { COST } from "../../limits.ts";
import { openSource } from "../ledger/source.ts";
import { IntervalType } from "../measure/interval.ts";
import { methodTest } from "../method/filter.ts";
import { correlationArgs, VariableInputType } from "./arguments.ts";
import { COVARIATE_NAMES } from "./covariate.ts";
import { chooseVariable, type Options, type VariableInput } from "./service.ts";
import { VariableType } from "./types.ts";
import { makeVariable, readNumbers, type Variable } from "./variable.ts";

interface Predictor {
  readonly variable: Variable;
  readonly n: number;
  readonly coefficient: number;
  readonly pValue: number | null;
  readonly interval: Interval | null;
  readonly fit: Predictive;
}

interface PredictorsAnswer {
  readonly of: Variable;
  readonly predictors: readonly (Predictor & { readonly adjustedPValue: number | null })[];
  /** How many variables could not be compared: too few methods have both, or one does not vary. */
  readonly leftOut: number;
  readonly position: string;
}

const SEED = 20113377;
const RESAMPLES = 2_000;
/** Resampling the errors of more methods takes longer than it tells. */
const MOST_RESAMPLED = 200;

/** The last interval that a request waits for: its others come after it. */
const turns = new WeakMap<Context, Promise<unknown>>();

/**
 * BCa over the methods' squared errors; computed in a thread. One request asks for some hundred of them: one after the
 * other, so that it takes up one place of those that wait, not all.
 */
async function errorIntervalOf({ squares }: Predictive, context: Context): Promise<Interval | null> {
  if (squares.length > MOST_RESAMPLED) return null;
  const { statistics, signal } = context;
  const before = turns.get(context) ?? Promise.resolve();
  const own = before.then(() =>
    statistics.compute("errors", { squares, seed: SEED, resamples: RESAMPLES }, signal),
  );
  turns.set(
    context,
    own.catch(() => undefined),
  );
  return own;
}

function predictorOf(
  variable: Variable,
  x: Float64Array,
  y: Float64Array,
  coefficient: Coefficient,
): Predictor | null {
  const both = Array.from(x.keys()).filter((i) => !Number.isNaN(x[i]!) && !Number.isNaN(y[i]!));
  const [xs, ys] = [both.map((i) => x[i]!), both.map((i) => y[i]!)];
  const fit = leaveOneOut(xs, ys);
  const found = fit && correlate({ x: xs, y: ys, coefficient });
  if (!fit || found?.coefficient == null) return null;
  const { n, pValue, interval } = found;
  return {
    variable,
    n,
    coefficient: found.coefficient,
    pValue,
    interval,
    fit,
  };
}

async function answerPredictors(
  input: VariableInput,
  options: Options,
  context: Context,
): Promise<PredictorsAnswer> {
  const { transform, orient, filter, coefficient, asOf } = options;
  const snapshot = await context.snapshot();
  const { catalogue, position } = snapshot;
  const make = (one: VariableInput) => makeVariable(chooseVariable(one, snapshot, filter), transform, orient);
  const of = make(input);
  const own = new Set(of.measures.map(({ slug }) => slug));
  const candidates = [
    ...catalogue.measures.filter(({ slug }) => !own.has(slug)).map(({ slug }) => make({ measure: slug })),
    ...COVARIATE_NAMES.filter((name) => name !== input.pretraining).map((name) =>
      make({ pretraining: name }),
    ),
  ];
  const compute = async () => {
    const { columns } = await openSource(context.ledger, snapshot, {
      measures: catalogue.measures,
      filter,
      asOf,
    });
    const keep = methodTest(filter, catalogue);
    const controls = filter?.family?.includes("CONTROL") ?? false;
    const methods = catalogue.methods.filter(
      (method) => keep(method) && (controls || method.family !== "CONTROL"),
    );
    const y =
      of.unit === "mixed"
        ? new Float64Array(methods.length).fill(Number.NaN)
        : readNumbers(of, methods, columns);
    const found = candidates.flatMap(
      (variable) => predictorOf(variable, readNumbers(variable, methods, columns), y, coefficient) ?? [],
    );
    const adjusted = holm(found.map(({ pValue }) => pValue ?? Number.NaN));
    return found
      .map((one, i) => ({ ...one, adjustedPValue: Number.isNaN(adjusted[i]!) ? null : adjusted[i]! }))
      .sort((a, b) => b.fit.skill - a.fit.skill);
  };
  const key = JSON.stringify(["predictors", input, transform, orient, filter, coefficient, asOf]);
  const predictors = await context.ledger.memoize(snapshot, key, compute, (made) => 20 * made.length);
  return { of, predictors, leftOut: candidates.length - predictors.length, position };
}

const PredictorType = builder.objectRef<PredictorsAnswer["predictors"][number]>("Predictor").implement({
  description: "How well one variable predicts the chosen one.",
  fields: (t) => ({
    variable: t.field({
      type: VariableType,
      description: "What predicts.",
      resolve: ({ variable }) => variable,
    }),
    n: t.exposeInt("n", { description: "How many methods have both." }),
    coefficient: t.exposeFloat("coefficient", { description: "How the two correlate." }),
    pValue: t.exposeFloat("pValue", { nullable: true, description: "Two-sided, of this pair alone." }),
    adjustedPValue: t.exposeFloat("adjustedPValue", {
      nullable: true,
      description: "Adjusted for looking at all of these variables (Holm 1979).",
    }),
    interval: t.field({
      type: IntervalType,
      nullable: true,
      description: "95%, of the coefficient.",
      resolve: ({ interval }) => interval,
    }),
    error: t.float({
      description:
        "Root mean square of what a method is missed by, by the line of the others, in the chosen variable's unit after the transform.",
      resolve: ({ fit }) => fit.error,
    }),
    errorInterval: t.field({
      type: IntervalType,
      nullable: true,
      description: `95%, of the error: BCa over ${RESAMPLES} resamples of the methods' errors; null above ${MOST_RESAMPLED} methods.`,
      complexity: COST.errorInterval,
      resolve: ({ fit }, _, context) => errorIntervalOf(fit, context),
    }),
    baseline: t.float({
      description: "The same error of the other methods' mean: what a variable that says nothing would give.",
      resolve: ({ fit }) => fit.baseline,
    }),
    skill: t.float({
      description: "1 - (error / baseline)²: 1 is exact, 0 no better than the mean, below 0 worse.",
      resolve: ({ fit }) => fit.skill,
    }),
  }),
});

const PredictorsType = builder.objectRef<PredictorsAnswer>("Predictors").implement({
  description: "Every measure and covariate, by how well it predicts a chosen variable; best first.",
  fields: (t) => ({
    of: t.field({ type: VariableType, description: "What is predicted.", resolve: ({ of }) => of }),
    predictors: t.field({
      type: [PredictorType],
      description: "Best first, by `skill`.",
      args: { first: t.arg.int({ defaultValue: 200, description: "How many, 1 to 500." }) },
      complexity: { field: 1, multiplier: 100 },
      resolve: ({ predictors }, { first }) => predictors.slice(0, Math.max(1, Math.min(500, first ?? 200))),
    }),
    leftOut: t.exposeInt("leftOut", {
      description:
        "How many could not be compared: fewer than 4 methods have both, or all of them have one value.",
    }),
    position: t.exposeString("position", {
      description: "The ledger's position that this answer was derived from.",
    }),
  }),
});

builder.queryField("predictors", (t) =>
  t.field({
    type: PredictorsType,
    description: "What predicts a measure or a suite best, by leave-one-out error.",
    args: {
      of: t.arg({ type: VariableInputType, required: true, description: "What is to be predicted." }),
      ...correlationArgs,
    },
    complexity: { field: 500, multiplier: 1 },
    resolve: (_, { of, ...options }, context) => answerPredictors(of, options, context),
  }),
);
