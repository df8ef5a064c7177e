/** Asking for a correlation. */
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import { COST } from "../../limits.ts";
import { correlationArgs, PretrainingCovariateEnum, VariableInputType } from "./arguments.ts";
import { answerCorrelation, chooseVariable, type Options, type VariableInput } from "./service.ts";
import { CorrelationType, IntervalMethodEnum } from "./types.ts";
import { makeVariable, type Variable } from "./variable.ts";

const CovariateInputType = builder.inputType("CovariateInput", {
  description: "What a partial correlation holds fixed: a variable.",
  isOneOf: true,
  fields: (t) => ({
    measure: t.string({ description: "A measure's slug." }),
    suite: t.string({ description: "A suite's slug." }),
    pretraining: t.field({ type: PretrainingCovariateEnum, description: "How it was pretrained." }),
  }),
});

async function heldFixed(
  input: VariableInput | null | undefined,
  { filter, transform, orient }: Options,
  context: Context,
): Promise<Variable | null> {
  if (!input) return null;
  const choice = chooseVariable(input, await context.snapshot(), filter);
  return makeVariable(choice, transform, orient);
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
    complexity: ({ interval, coefficient }) => ({
      field: 50 + (interval === "BOOTSTRAP" ? COST.bootstrap[coefficient] : 0),
      multiplier: 1,
    }),
    resolve: async (_, { x, y, given, interval, ...options }, context) => {
      const fixed = await heldFixed(given, options, context);
      const answer = await answerCorrelation({ x, y, also: given ?? null }, options, context);
      return { ...answer, intervalMethod: interval, given: fixed };
    },
  }),
}));
