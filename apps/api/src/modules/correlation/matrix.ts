/** Coefficients between every two of a set of variables, over the same methods as the single correlation's. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { COEFFICIENTS, type Coefficient } from "@transferboard/eval-core/stats";
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import { BadInput } from "../../errors.ts";
import { openSource } from "../ledger/source.ts";
import { IntervalType } from "../measure/interval.ts";
import { methodTest } from "../method/filter.ts";
import { correlationArgs, VariableInputType } from "./arguments.ts";
import { type Matrix, matrixOf } from "./matrix-in-parts.ts";
import { adjustedOf, intervalAt, pValuesOf } from "./matrix-tests.ts";
import { chooseVariable, type Options, type VariableInput } from "./service.ts";
import { VariableType } from "./types.ts";
import { makeVariable, readNumbers, type Variable } from "./variable.ts";

/** A pair of tau takes ten times as long as one of the others. */
const MOST_VARIABLES = { PEARSON: 500, SPEARMAN: 500, KENDALL: 200 } as const satisfies Record<
  Coefficient,
  number
>;

export interface MatrixAnswer {
  readonly variables: readonly Variable[];
  readonly matrix: Matrix;
  readonly coefficient: Coefficient;
  readonly position: string;
}

function requireSize(count: number, coefficient: Coefficient): void {
  const most = MOST_VARIABLES[coefficient];
  if (count >= 1 && count <= most) return;
  const others = COEFFICIENTS.filter((name) => count <= MOST_VARIABLES[name] && count >= 1);
  const hint = others.length > 0 ? `Ask for fewer, or for ${others.join(" or ")}.` : "Ask for fewer at once.";
  throw new BadInput(
    `A matrix of ${coefficient} takes 1 to ${most} variables: found ${count}.${count > most ? ` ${hint}` : ""}`,
  );
}

export async function answerMatrix(
  inputs: readonly VariableInput[],
  options: Options,
  context: Context,
): Promise<MatrixAnswer> {
  const { transform, orient, filter, coefficient, asOf } = options;
  requireSize(inputs.length, coefficient);
  const snapshot = await context.snapshot();
  const { catalogue, position } = snapshot;
  const variables = inputs.map((input) =>
    makeVariable(chooseVariable(input, snapshot, filter), transform, orient),
  );
  const keep = methodTest(filter, catalogue);
  const controls = filter?.family?.includes("CONTROL") ?? false;
  const compute = async (wanted: AbortSignal) => {
    const measures = [...new Set(variables.flatMap((variable) => variable.measures))];
    const { columns } = await openSource(context.ledger, snapshot, { measures, filter, asOf });
    const methods = catalogue.methods.filter(
      (method) => keep(method) && (controls || method.family !== "CONTROL"),
    );
    const none = new Float64Array(methods.length).fill(Number.NaN);
    const numbers = variables.map((variable) =>
      variable.unit === "mixed" ? none : readNumbers(variable, methods, columns),
    );
    return matrixOf(context.statistics, numbers, coefficient, wanted);
  };
  const key = JSON.stringify(["matrix", inputs, transform, orient, filter, coefficient, asOf]);
  const matrix = await context.ledger.memoize(
    snapshot,
    key,
    compute,
    ({ size }) => 2 * size * size,
    context.signal,
  );
  return { variables, matrix, coefficient, position };
}

/** Numbers that are answered before other requests have their turn. */
const NUMBERS_A_TURN = 10_000;

/** The matrix's rows, in turns: a list of lists that is there at once would be written out at once. */
function rowsOf<T>({ size }: Matrix, read: (at: number) => T): T[][] {
  const rowsATurn = Math.max(1, Math.floor(NUMBERS_A_TURN / size));
  let turn: Promise<void> | null = null;
  const rows = Array.from({ length: size }, (_, i) => {
    if (i > 0 && i % rowsATurn === 0) turn = (turn ?? Promise.resolve()).then(() => nextTurn());
    const row = () => Array.from({ length: size }, (_, j) => read(i * size + j));
    return turn ? turn.then(row) : row();
  });
  // GraphQL takes a promise for any item of a list; Pothos' types do so for lists of no lists only.
  return rows as T[][];
}

const orNull = (value: number) => (Number.isNaN(value) ? null : value);

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
      resolve: ({ matrix }) =>
        rowsOf(matrix, (at) => {
          const coefficient = matrix.coefficients[at]!;
          return Number.isNaN(coefficient) ? null : coefficient;
        }),
    }),
    counts: t.field({
      type: t.listRef(t.listRef("Int")),
      description: "How many methods each pair has.",
      complexity: { field: 1, multiplier: 1 },
      resolve: ({ matrix }) => rowsOf(matrix, (at) => matrix.counts[at]!),
    }),
    pValues: t.field({
      type: t.listRef(t.listRef("Float", { nullable: true })),
      description: "Two-sided, one pair at a time; null where not defined and on the diagonal.",
      complexity: { field: 1, multiplier: 1 },
      resolve: ({ matrix, coefficient }) => {
        const pValues = pValuesOf(matrix, coefficient);
        return rowsOf(matrix, (at) => orNull(pValues[at]!));
      },
    }),
    adjustedPValues: t.field({
      type: t.listRef(t.listRef("Float", { nullable: true })),
      description:
        "The p-values adjusted for looking at every pair of the matrix (Holm 1979): below 0.05, the chance of even one false finding in the whole matrix is below 5%.",
      complexity: { field: 1, multiplier: 1 },
      resolve: ({ matrix, coefficient }) => {
        const adjusted = adjustedOf(matrix, pValuesOf(matrix, coefficient));
        return rowsOf(matrix, (at) => orNull(adjusted[at]!));
      },
    }),
    intervals: t.field({
      type: t.listRef(t.listRef(IntervalType, { nullable: true })),
      description: "95%, by Fisher's z transformation; null where not defined and on the diagonal.",
      complexity: { field: 1, multiplier: 1 },
      resolve: ({ matrix, coefficient }) => rowsOf(matrix, (at) => intervalAt(matrix, coefficient, at)),
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
        description: `Measures and suites, at most ${MOST_VARIABLES.PEARSON}; of KENDALL at most ${MOST_VARIABLES.KENDALL}.`,
      }),
      ...correlationArgs,
    },
    // Counting the cost is what happens before any statement: too many are refused there.
    complexity: ({ variables, coefficient }) => {
      requireSize(variables.length, coefficient);
      return { field: 50 * variables.length, multiplier: 1 };
    },
    resolve: (_, { variables, ...options }, context) => answerMatrix(variables, options, context),
  }),
}));
