/** The arguments that every question about correlations takes. */
import { builder } from "../../builder.ts";
import { BoardFilterInput } from "../method/inputs.ts";
import { COVARIATE_NAMES } from "./covariate.ts";
import { CoefficientEnum, TransformEnum } from "./types.ts";

export const PretrainingCovariateEnum = builder.enumType("PretrainingCovariate", {
  description: "How a method was pretrained, as a number; yes is 1, no is 0, and not stated is no value.",
  values: COVARIATE_NAMES,
});

export const VariableInputType = builder.inputType("VariableInput", {
  description:
    "A variable: one measure, the mean over a suite's ranked measures after the transform, or how methods were pretrained.",
  isOneOf: true,
  fields: (t) => ({
    measure: t.string({ description: "A measure's slug." }),
    suite: t.string({ description: "A suite's slug." }),
    pretraining: t.field({ type: PretrainingCovariateEnum, description: "How it was pretrained." }),
  }),
});

export const correlationArgs = builder.args((t) => ({
  transform: t.field({
    type: TransformEnum,
    required: true,
    defaultValue: "LOGIT",
    description: "What happens to the values first.",
  }),
  coefficient: t.field({
    type: CoefficientEnum,
    required: true,
    defaultValue: "PEARSON",
    description: "Which correlation.",
  }),
  orient: t.boolean({
    required: true,
    defaultValue: false,
    description: "Negate lower-is-better values, so that more is better of every variable.",
  }),
  filter: t.field({
    type: BoardFilterInput,
    description: "Which methods and values to keep. Control rows are in only where `family` names them.",
  }),
  asOf: t.field({ type: "DateTime", description: "The answer as of that moment." }),
}));
