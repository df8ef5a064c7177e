/** Asking for a correlation. */
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import { correlationArgs, VariableInputType } from "./arguments.ts";
import type { Covariate } from "./extras.ts";
import { answerCorrelation, chooseVariable, type Options, type VariableInput } from "./service.ts";
import { CorrelationType, IntervalMethodEnum } from "./types.ts";
import { makeVariable } from "./variable.ts";

const PretrainingCovariateEnum = builder.enumType("PretrainingCovariate", {
  description: "How a method was pretrained, as a number.",
  values: ["EPOCHS", "BATCH_SIZE", "YEAR"] as const,
});

const CovariateInputType = builder.inputType("CovariateInput", {
  description: "What a partial correlation holds fixed.",
  isOneOf: true,
  fields: (t) => ({
    measure: t.string({ description: "A measure's slug." }),
    suite: t.string({ description: "A suite's slug." }),
    pretraining: t.field({ type: PretrainingCovariateEnum, description: "How it was pretrained." }),
  }),
});

interface CovariateInput extends VariableInput {
  readonly pretraining?: "EPOCHS" | "BATCH_SIZE" | "YEAR" | null | undefined;
}

async function covariateOf(
  input: CovariateInput | null | undefined,
  { filter, transform, orient }: Options,
  context: Context,
): Promise<Covariate | null> {
  if (!input) return null;
  if (input.pretraining != null) return { name: input.pretraining, pretraining: input.pretraining };
  const choice = chooseVariable(input, await context.snapshot(), filter);
  return { name: choice.slug, variable: makeVariable(choice, transform, orient) };
}

builder.queryFields((t) => ({
  correlation: t.field({
    type: CorrelationType,
    description: "How two measures or suites go together over methods, as the paper correlates.",
    args: {
      x: t.arg({ type: VariableInputType, required: true, description: "The variable across." }),
      y: t.arg({ type: VariableInputType, required: true, description: "The variable up." }),
      interval: t.arg({
        type: IntervalMethodEnum,
        required: true,
        defaultValue: "FISHER",
        description: "How the interval is made.",
      }),
      given: t.arg({ type: CovariateInputType, description: "What the partial correlation holds fixed." }),
      ...correlationArgs,
    },
    complexity: { field: 50, multiplier: 1 },
    resolve: async (_, { x, y, given, interval, ...options }, context) => {
      const covariate = await covariateOf(given, options, context);
      const also = given && given.pretraining == null ? given : null;
      const answer = await answerCorrelation({ x, y, also }, options, context);
      return { ...answer, intervalMethod: interval, given: covariate };
    },
  }),
}));
