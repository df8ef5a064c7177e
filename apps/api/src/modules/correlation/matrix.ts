/** Coefficients between every two of a set of variables, over the same methods as the single correlation's. */
import { correlationMatrix } from "@transferboard/eval-core/stats";
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import { BadInput } from "../../errors.ts";
import { valueIn } from "../ledger/columns.ts";
import { openSource } from "../ledger/source.ts";
import { methodTest } from "../method/filter.ts";
import { BoardFilterInput } from "../method/inputs.ts";
import { VariableInputType } from "./queries.ts";
import { chooseVariable, type Options, type VariableInput } from "./service.ts";
import { CoefficientEnum, TransformEnum, VariableType } from "./types.ts";
import { makeVariable, readVariable, type Variable } from "./variable.ts";

const MAX_VARIABLES = 500;

export interface MatrixAnswer {
  readonly variables: readonly Variable[];
  readonly coefficients: readonly (readonly (number | null)[])[];
  readonly counts: readonly (readonly number[])[];
  readonly position: string;
}

export async function answerMatrix(
  inputs: readonly VariableInput[],
  options: Options,
  context: Context,
): Promise<MatrixAnswer> {
  if (inputs.length < 1 || inputs.length > MAX_VARIABLES) {
    throw new BadInput(`A matrix takes 1 to ${MAX_VARIABLES} variables: found ${inputs.length}.`);
  }
  const snapshot = await context.snapshot();
  const { catalogue, position } = snapshot;
  const { transform, orient, filter, coefficient } = options;
  const variables = inputs.map((input) =>
    makeVariable(chooseVariable(input, snapshot, filter), transform, orient),
  );
  const measures = [...new Set(variables.flatMap((variable) => variable.measures))];
  const { columns: read } = await openSource(context.ledger, snapshot, {
    measures,
    filter,
    asOf: options.asOf,
  });
  const shown = valueIn(read);
  const keep = methodTest(filter, catalogue);
  const controls = filter?.family?.includes("CONTROL") ?? false;
  const methods = catalogue.methods.filter(
    (method) => keep(method) && (controls || method.family !== "CONTROL"),
  );
  const columns = variables.map((variable) =>
    methods.map((method) => (variable.unit === "mixed" ? null : readVariable(variable, method, shown).value)),
  );
  const matrix = correlationMatrix(columns, coefficient);
  const row = <T>(flat: ArrayLike<number>, i: number, read: (value: number) => T) =>
    Array.from({ length: matrix.size }, (_, j) => read(flat[i * matrix.size + j]!));
  return {
    variables,
    coefficients: variables.map((_, i) =>
      row(matrix.coefficients, i, (value) => (Number.isNaN(value) ? null : value)),
    ),
    counts: variables.map((_, i) => row(matrix.counts, i, (value) => value)),
    position,
  };
}

const CorrelationMatrixType = builder.objectRef<MatrixAnswer>("CorrelationMatrix").implement({
  description: "Coefficients between every two of a set of variables.",
  fields: (t) => ({
    variables: t.field({
      type: [VariableType],
      description: "In the order that was asked for.",
      resolve: ({ variables }) => [...variables],
    }),
    coefficients: t.field({
      type: t.listRef(t.listRef("Float", { nullable: true })),
      description: "One list a variable, symmetric; null where not defined.",
      complexity: { field: 1, multiplier: 1 },
      resolve: ({ coefficients }) => coefficients as (number | null)[][],
    }),
    counts: t.field({
      type: t.listRef(t.listRef("Int")),
      description: "How many methods each pair has.",
      complexity: { field: 1, multiplier: 1 },
      resolve: ({ counts }) => counts as number[][],
    }),
    position: t.exposeString("position", {
      description: "The ledger's position that this answer was derived from.",
    }),
  }),
});

builder.queryFields((t) => ({
  correlationMatrix: t.field({
    type: CorrelationMatrixType,
    description: "All correlations between a set of measures and suites.",
    args: {
      variables: t.arg({
        type: [VariableInputType],
        required: true,
        description: `Measures and suites, at most ${MAX_VARIABLES}.`,
      }),
      transform: t.arg({
        type: TransformEnum,
        required: true,
        defaultValue: "LOGIT",
        description: "What happens to the values first.",
      }),
      coefficient: t.arg({
        type: CoefficientEnum,
        required: true,
        defaultValue: "PEARSON",
        description: "Which correlation.",
      }),
      orient: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: "Negate lower-is-better values.",
      }),
      filter: t.arg({ type: BoardFilterInput, description: "Which methods and values to keep." }),
      asOf: t.arg({ type: "DateTime", description: "The answer as of that moment." }),
    },
    complexity: ({ variables }) => ({ field: 50 * variables.length, multiplier: 1 }),
    resolve: (_, { variables, ...options }, context) => answerMatrix(variables, options, context),
  }),
}));
