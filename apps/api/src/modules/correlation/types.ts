/** A correlation as the API answers it. */
import type { Regression } from "@transferboard/eval-core/stats";
import { builder } from "../../builder.ts";
import { BadInput } from "../../errors.ts";
import { DirectionEnum, FamilyEnum } from "../catalogue/enums.ts";
import { IntervalType } from "../measure/interval.ts";
import { MeasureRef } from "../measure/types.ts";
import { MethodRef } from "../method/types.ts";
import { citeCorrelation } from "./cite.ts";
import type { Excluded, Point } from "./correlate.ts";
import {
  bootstrapOf,
  type CorrelationShape,
  type FamilyLeftOut,
  type Partial,
  partialOf,
  RESAMPLES,
  withoutEachFamily,
} from "./extras.ts";
import type { TRANSFORMS, Variable } from "./variable.ts";

export const TransformEnum = builder.enumType("Transform", {
  description: "What happens to a value before it is correlated.",
  values: {
    LOGIT: { description: "The paper's: logit for metrics bounded in 0 to 1, nothing for the rest." },
    NONE: { description: "Nothing." },
  } satisfies Record<(typeof TRANSFORMS)[number], { description: string }>,
});

export const CoefficientEnum = builder.enumType("Coefficient", {
  description: "Which correlation.",
  values: {
    PEARSON: { description: "Pearson's r: of a straight line." },
    SPEARMAN: { description: "Spearman's rho: Pearson's r of the ranks." },
    KENDALL: { description: "Kendall's tau-b: of the pairs that both order alike." },
  },
});

export const IntervalMethodEnum = builder.enumType("IntervalMethod", {
  description: "How a coefficient's interval is made.",
  values: {
    FISHER: { description: "Fisher's z transformation." },
    BOOTSTRAP: {
      description: `BCa: percentiles corrected for bias and acceleration (Efron 1987), over ${RESAMPLES} resamples of the methods, with a fixed seed.`,
    },
  },
});

export const VariableType = builder.objectRef<Variable>("Variable").implement({
  description: "A variable as it was read: one number a method.",
  fields: (t) => ({
    slug: t.exposeString("slug", {
      description: "The slug of the measure or suite, or the name of the covariate.",
    }),
    title: t.exposeString("title", { description: "Its name for people." }),
    measures: t.field({
      type: [MeasureRef],
      description: "The measures averaged; of a suite, those that its aggregate is made of.",
      resolve: ({ measures }) => [...measures],
    }),
    unit: t.exposeString("unit", { description: "logit, the metrics' unit, the covariate's, or mixed." }),
    direction: t.field({
      type: DirectionEnum,
      description: "Which raw values are better; NEITHER where the measures disagree.",
      resolve: ({ direction }) => direction,
    }),
    negated: t.exposeBoolean("negated", {
      description: "Whether values were negated so that more is better.",
    }),
  }),
});

interface BandPoint {
  readonly x: number;
  readonly lower: number;
  readonly upper: number;
}

const BandPointType = builder.objectRef<BandPoint>("BandPoint").implement({
  description: "How high the line may lie at one x.",
  fields: (t) => ({
    x: t.exposeFloat("x", { description: "Where." }),
    lower: t.exposeFloat("lower", { description: "The lower end." }),
    upper: t.exposeFloat("upper", { description: "The upper end." }),
  }),
});

const MAX_BAND = 200;

const RegressionType = builder
  .objectRef<{ line: Regression; points: readonly Point[] }>("Regression")
  .implement({
    description: "The least-squares line of y on x.",
    fields: (t) => ({
      slope: t.float({ description: "Of y for one x.", resolve: ({ line }) => line.slope }),
      intercept: t.float({ description: "The y at x = 0.", resolve: ({ line }) => line.intercept }),
      band: t.field({
        type: [BandPointType],
        description: "Where the line itself lies with 95% confidence, from the smallest x to the largest.",
        args: {
          points: t.arg.int({ defaultValue: 32, description: `At how many places, 2 to ${MAX_BAND}.` }),
        },
        complexity: ({ points }) => ({ field: 1, multiplier: points ?? 32 }),
        resolve: ({ line, points: data }, { points }) => {
          const count = points ?? 32;
          if (count < 2 || count > MAX_BAND)
            throw new BadInput(`'points' must be 2 to ${MAX_BAND}: found ${count}.`);
          const xs = data.map(({ x }) => x);
          const [low, high] = [Math.min(...xs), Math.max(...xs)];
          return Array.from({ length: count }, (_, i) => {
            const x = low + ((high - low) * i) / (count - 1);
            return { x, ...line.band(x) };
          });
        },
      }),
    }),
  });

const PointType = builder.objectRef<Point>("CorrelationPoint").implement({
  description: "A method's place in the scatter.",
  fields: (t) => ({
    method: t.field({ type: MethodRef, description: "The method.", resolve: ({ method }) => method }),
    x: t.exposeFloat("x", { description: "After transform and orientation." }),
    y: t.exposeFloat("y", { description: "After transform and orientation." }),
    comparable: t.exposeBoolean("comparable", {
      description:
        "Whether its values are under the protocol that most methods have in each measure of the two variables.",
    }),
    rawX: t.exposeFloat("rawX", { description: "In the metric's unit; for a suite the plain mean." }),
    rawY: t.exposeFloat("rawY", { description: "In the metric's unit; for a suite the plain mean." }),
  }),
});

const ExcludedType = builder.objectRef<Excluded>("ExcludedMethod").implement({
  description: "A method with a value in either variable that could not be placed.",
  fields: (t) => ({
    method: t.field({ type: MethodRef, description: "The method.", resolve: ({ method }) => method }),
    reason: t.exposeString("reason", { description: "Why it is left out." }),
  }),
});

const FamilyLeftOutType = builder.objectRef<FamilyLeftOut>("FamilyLeftOut").implement({
  description: "The coefficient without one family of methods.",
  fields: (t) => ({
    family: t.field({ type: FamilyEnum, description: "Which is left out.", resolve: ({ family }) => family }),
    n: t.exposeInt("n", { description: "How many methods are left." }),
    coefficient: t.exposeFloat("coefficient", {
      nullable: true,
      description: "Null where it is not defined.",
    }),
    reason: t.exposeString("reason", { nullable: true, description: "Why it is not." }),
  }),
});

const PartialType = builder.objectRef<Partial>("PartialCorrelation").implement({
  description: "The coefficient once what both share with a third variable is taken out.",
  fields: (t) => ({
    given: t.exposeString("given", { description: "What is held fixed." }),
    n: t.exposeInt("n", { description: "How many methods have all three." }),
    coefficient: t.exposeFloat("coefficient", {
      nullable: true,
      description: "Null where it is not defined.",
    }),
    pValue: t.exposeFloat("pValue", { nullable: true, description: "Two-sided; unknown for Kendall's." }),
    reason: t.exposeString("reason", { nullable: true, description: "Why there is no coefficient." }),
  }),
});

export const CorrelationType = builder.objectRef<CorrelationShape>("Correlation").implement({
  description: "How two variables go together over methods.",
  fields: (t) => ({
    x: t.field({ type: VariableType, description: "The one across.", resolve: ({ x }) => x }),
    y: t.field({ type: VariableType, description: "The one up.", resolve: ({ y }) => y }),
    transform: t.field({
      type: TransformEnum,
      description: "What happened to the values.",
      resolve: ({ options }) => options.transform,
    }),
    kind: t.field({
      type: CoefficientEnum,
      description: "Which correlation it is.",
      resolve: ({ options }) => options.coefficient,
    }),
    n: t.int({ description: "How many methods are in it.", resolve: ({ statistic }) => statistic.n }),
    coefficient: t.float({
      nullable: true,
      description: "Null where it is not defined; then `reason` says why.",
      resolve: ({ statistic }) => statistic.coefficient,
    }),
    reason: t.string({
      nullable: true,
      description: "Why there is no coefficient.",
      resolve: ({ statistic }) => statistic.reason ?? null,
    }),
    pValue: t.float({
      nullable: true,
      description: "Two-sided.",
      resolve: ({ statistic }) => statistic.pValue,
    }),
    interval: t.field({
      type: IntervalType,
      nullable: true,
      description: "95%; null with too few methods.",
      complexity: 20,
      resolve: ({ statistic, points, options, intervalMethod }, _, context) =>
        intervalMethod === "FISHER" || statistic.coefficient === null
          ? statistic.interval
          : bootstrapOf(points, options.coefficient, context),
    }),
    regression: t.field({
      type: RegressionType,
      nullable: true,
      description: "The least-squares line of y on x, whatever the coefficient.",
      resolve: ({ statistic, points }) => statistic.regression && { line: statistic.regression, points },
    }),
    points: t.field({
      type: [PointType],
      description: "Every method that has both.",
      resolve: ({ points }) => [...points],
    }),
    excluded: t.field({
      type: [ExcludedType],
      description: "Methods with a value in either variable that could not be placed.",
      resolve: ({ excluded }) => [...excluded],
    }),
    withoutFamily: t.field({
      type: [FamilyLeftOutType],
      description: "The coefficient with each family left out in turn.",
      resolve: ({ points, options }) => withoutEachFamily(points, options.coefficient),
    }),
    partial: t.field({
      type: PartialType,
      nullable: true,
      description: "With `given`: the coefficient with that held fixed.",
      resolve: ({ points, given, shown, options }) =>
        given && partialOf(points, given, shown, options.coefficient),
    }),
    position: t.exposeString("position", {
      description: "The ledger's position that this answer was derived from.",
    }),
    asOf: t.field({
      type: "DateTime",
      nullable: true,
      description: "The moment that was asked for; null for now.",
      resolve: ({ options }) => options.asOf ?? null,
    }),
    bibtex: t.string({
      description:
        "This answer as a BibTeX entry: its address leads to the same question, filter and all, of the same moment.",
      resolve: async (answer, _, { siteUrl, snapshot }) => {
        const asOf = answer.options.asOf ?? (await snapshot()).moment;
        return citeCorrelation(answer, asOf, siteUrl);
      },
    }),
  }),
});
