/** What has not been measured of a method: what the values that it has predict, and which evaluation would teach most. */

import type { Quality, QualityModel } from "@transferboard/eval-core/record";
import { backInUnit, type ForecastValue, teaching } from "@transferboard/eval-core/record";
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import { BadInput } from "../../errors.ts";
import type { Measure, Method } from "../catalogue/entities.ts";
import { type Interval, IntervalType } from "../measure/interval.ts";
import { MeasureRef } from "../measure/types.ts";
import { MethodRef } from "../method/types.ts";
import { type Fitted, fittedModel } from "./fitted.ts";

interface Ghost extends ForecastValue {
  readonly measure: Measure;
}

interface Taught {
  readonly measure: Measure;
  /** Of the uncertainty of all other unmeasured values. */
  readonly share: number;
}

interface MethodForecast {
  readonly method: Method;
  readonly measured: number;
  readonly ghosts: readonly Ghost[];
  readonly lessons: readonly Taught[];
  readonly fitted: Fitted | null;
  readonly position: string;
  readonly reason: string | null;
}

const MOST_LESSONS = 10;

function forecastOf(fitted: Fitted, method: Method, only: Measure | null) {
  const row = fitted.methods.findIndex(({ id }) => id === method.id);
  const { measures, bounds, values, forecast, kappa } = fitted;
  const at = (j: number) => row * measures.length + j;
  const known = (j: number) => !Number.isNaN(values[at(j)]!);
  const ghosts = measures.flatMap((measure, j): Ghost[] => {
    if (known(j) || Number.isNaN(forecast.degrees[j]!)) return [];
    if (only !== null && only.id !== measure.id) return [];
    const { means, deviations, degrees } = forecast;
    return [{ measure, ...backInUnit(means[at(j)]!, deviations[at(j)]!, degrees[j]!, bounds[j]!, kappa) }];
  });
  const { kept } = forecast.standard;
  const { variance, lessons } = teaching(forecast.model, row, (column) => known(kept[column]!));
  const taught = lessons
    .slice(0, MOST_LESSONS)
    .map(({ column, reduction }) => ({ measure: measures[kept[column]!]!, share: reduction / variance }));
  const measured = measures.filter((_, j) => known(j)).length;
  return { ghosts, lessons: taught, measured };
}

async function answerForecast(
  question: { readonly method: string; readonly measure?: string | null | undefined },
  context: Context,
): Promise<MethodForecast> {
  const { catalogue, position } = await context.snapshot();
  const method = catalogue.method(question.method);
  const only = question.measure == null ? null : catalogue.measure(question.measure);
  if (only?.metric.lower === null) {
    throw new BadInput(`${only.metric.title} has no lower bound: nothing is predicted of it.`);
  }
  const none = { method, measured: 0, ghosts: [], lessons: [], position };
  if (method.family === "CONTROL") {
    return {
      ...none,
      fitted: null,
      reason: "A control row is no method: the model of methods says nothing of it.",
    };
  }
  const fitted = await fittedModel(context);
  if (!fitted) return { ...none, fitted, reason: "Too few methods are recorded to predict anything." };
  return { ...none, ...forecastOf(fitted, method, only), fitted, reason: null };
}

const GhostType = builder.objectRef<Ghost>("ForecastCell").implement({
  description:
    "A value that nobody measured, as the method's other values predict it. Never ranked or averaged.",
  fields: (t) => ({
    measure: t.field({ type: MeasureRef, description: "Of what.", resolve: ({ measure }) => measure }),
    value: t.exposeFloat("value", { description: "The median, in the metric's unit." }),
    interval: t.field({
      type: IntervalType,
      description: "95%: where a measurement would lie.",
      resolve: ({ lower, upper }): Interval => ({ lower, upper }),
    }),
  }),
});

const LessonType = builder.objectRef<Taught>("Lesson").implement({
  description: "An evaluation that is still to be made.",
  fields: (t) => ({
    measure: t.field({ type: MeasureRef, description: "Of what.", resolve: ({ measure }) => measure }),
    share: t.exposeFloat("share", {
      description:
        "Which share of the uncertainty of all other unmeasured values it would take away, 0 to 1.",
    }),
  }),
});

const MODELS: readonly QualityModel[] = ["LOW_RANK", "COLUMN_MEAN", "IMAGENET_ALONE"];

const QualityType = builder.objectRef<Quality>("ForecastQuality").implement({
  description: "How far forecasts of left-out values were from the measured ones.",
  fields: (t) => ({
    model: t.field({
      type: builder.enumType("ForecastModel", {
        description:
          "LOW_RANK is the one that forecasts; the others are what one would guess without it: the mean of all methods, and a line on ImageNet accuracy.",
        values: Object.fromEntries(MODELS.map((model) => [model, { value: model }])) as Record<
          QualityModel,
          { value: QualityModel }
        >,
      }),
      description: "Which way of guessing.",
      resolve: ({ model }) => model,
    }),
    cells: t.exposeInt("cells", {
      description: "How many values were left out, one at a time or a tenth at a time.",
    }),
    medianPoints: t.float({
      nullable: true,
      description: "The median absolute error in points, over metrics with two bounds; fractions times 100.",
      resolve: ({ medianPoints }) => (Number.isNaN(medianPoints) ? null : medianPoints),
    }),
    meanPoints: t.float({
      nullable: true,
      description: "The mean absolute error in points.",
      resolve: ({ meanPoints }) => (Number.isNaN(meanPoints) ? null : meanPoints),
    }),
    coverage: t.exposeFloat("coverage", { description: "Percent of values within their 95% interval." }),
  }),
});

const ForecastType = builder.objectRef<MethodForecast>("MethodForecast").implement({
  description:
    "What a low-rank model of all results predicts of one method: fitted to the logits of all values at this position of the ledger.",
  fields: (t) => ({
    method: t.field({ type: MethodRef, description: "Of which method.", resolve: ({ method }) => method }),
    measured: t.exposeInt("measured", {
      description: "How many values it has: with none, columns' means are predicted.",
    }),
    cells: t.field({
      type: [GhostType],
      description: "Every value that it lacks and that can be predicted, in the order of measures.",
      complexity: { multiplier: 50 },
      resolve: ({ ghosts }) => [...ghosts],
    }),
    teachesMost: t.field({
      type: [LessonType],
      description:
        "Which single evaluation would tell most about the others that it lacks; ten at most, the best first.",
      complexity: { multiplier: 10 },
      resolve: ({ lessons }) => [...lessons],
    }),
    quality: t.field({
      type: [QualityType],
      description: "How good such forecasts are, by leaving known values out.",
      resolve: ({ fitted }) => [...(fitted?.quality ?? [])],
    }),
    widening: t.float({
      nullable: true,
      description:
        "What intervals are widened by, so that they hold 95% of left-out values: 1 where they do by themselves.",
      resolve: ({ fitted }) => fitted?.kappa ?? null,
    }),
    position: t.exposeString("position", {
      description: "The ledger's position that this answer was derived from.",
    }),
    reason: t.exposeString("reason", { nullable: true, description: "Why nothing is predicted." }),
  }),
});

builder.queryField("forecast", (t) =>
  t.field({
    type: ForecastType,
    description:
      "What has not been measured of a method, predicted from what has. The first question after new results waits for the model to be fitted.",
    args: {
      method: t.arg.string({ required: true, description: "The method's slug." }),
      measure: t.arg.string({ description: "A measure's slug: only that one." }),
    },
    complexity: { field: 100, multiplier: 1 },
    resolve: (_root, question, context) => answerForecast(question, context),
  }),
);
